/** Stands between the gateway and a real server, and breaks the line on purpose. */

import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";

/** Forwards to a port of this machine. */
export class BreakingProxy {
  readonly #targetPort: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<Socket>();
  #away = false;
  #deafAt: ((sent: string) => boolean) | undefined;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = net.createServer((socket) => this.#forward(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Cuts every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  goAway(): void {
    this.#away = true;
    this.cut();
  }

  comeBack(): void {
    this.#away = false;
  }

  /** From what `isIt` on, the client gets no answers any more; what it sends still arrives. Cut the line then. */
  swallowAnswersFrom(isIt: (sent: string) => boolean): void {
    this.#deafAt = isIt;
  }

  #forward(client: Socket): void {
    client.on("error", () => {});
    if (this.#away) {
      client.resetAndDestroy();
      return;
    }
    let deaf = false;
    const target = net.connect(this.#targetPort, "127.0.0.1");
    this.#sockets.add(client);
    const close = (): void => {
      this.#sockets.delete(client);
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) socket.on("error", close).on("close", close);
    client.on("data", (bytes: Buffer) => {
      if (this.#deafAt?.(bytes.toString("latin1"))) {
        deaf = true;
        this.#deafAt = undefined;
      }
      target.write(bytes);
    });
    target.on("data", (bytes: Buffer) => {
      if (!deaf) client.write(bytes);
    });
  }
}
