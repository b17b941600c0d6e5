/** A TCP proxy that breaks connections on purpose. */

import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";

/** Forwards connections to a port of this machine and cuts them when told to. */
export class CuttingProxy {
  /** Bytes of the answer a new connection lets through before it is cut; undefined lets all through. */
  nextLimit: () => number | undefined = () => undefined;
  /** Connections that were cut. */
  cuts = 0;
  #targetPort: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<Socket>();

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = net.createServer((socket) => this.#forward(socket));
  }

  /** Listens on a free port of 127.0.0.1 and returns "http://127.0.0.1:port". */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** New connections go to another port: the server was started again. */
  retarget(port: number): void {
    this.#targetPort = port;
  }

  /** Cuts every open connection. */
  cutAll(): void {
    for (const socket of this.#sockets) {
      this.cuts += 1;
      socket.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(client: Socket): void {
    let left = this.nextLimit() ?? Number.POSITIVE_INFINITY;
    const target = net.connect(this.#targetPort, "127.0.0.1");
    this.#sockets.add(client);
    const close = (): void => {
      this.#sockets.delete(client);
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) socket.on("error", close).on("close", close);
    client.pipe(target);
    target.on("data", (bytes: Buffer) => {
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
