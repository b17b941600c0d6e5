/** A TCP proxy that breaks connections on purpose. */

import net, { type Socket } from "node:net";
import { BreakableServer } from "./breakable-server.ts";

/** Forwards connections to a port of this machine and cuts them when told to. */
export class CuttingProxy extends BreakableServer {
  /** Bytes of the answer a new connection lets through before it is cut; undefined lets all through. */
  nextLimit: () => number | undefined = () => undefined;
  /** Connections that were cut. */
  cuts = 0;
  #targetPort: number;
  #deafAt: ((sent: string) => boolean) | undefined;

  constructor(targetPort: number) {
    super(net.createServer());
    this.#targetPort = targetPort;
    this.server.on("connection", (client: Socket) => {
      if (!client.destroyed) this.#forward(client);
    });
  }

  /** New connections go to another port: the server was started again. */
  retarget(port: number): void {
    this.#targetPort = port;
  }

  /** From what `isIt` on, the client gets no answers any more; what it sends still arrives. Cut the line then. */
  swallowAnswersFrom(isIt: (sent: string) => boolean): void {
    this.#deafAt = isIt;
  }

  override cut(): number {
    const cut = super.cut();
    this.cuts += cut;
    return cut;
  }

  #forward(client: Socket): void {
    let left = this.nextLimit() ?? Number.POSITIVE_INFINITY;
    let deaf = false;
    const target = net.connect(this.#targetPort, "127.0.0.1");
    const close = (): void => {
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) socket.on("error", close).on("close", close);
    client.on("data", (bytes: Buffer) => {
      if (!this.#deafAt?.(bytes.toString("latin1"))) return;
      deaf = true;
      this.#deafAt = undefined;
    });
    client.pipe(target);
    target.on("data", (bytes: Buffer) => {
      if (deaf) return;
      const passed = bytes.subarray(0, left);
      left -= passed.length;
      client.write(passed);
      if (left > 0) return;
      this.cuts += 1;
      // What was let through arrives, then the connection ends without a word.
      client.end(close);
    });
  }
}
