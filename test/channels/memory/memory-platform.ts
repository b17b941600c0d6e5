/** The network "memory": a server that remembers what it was told, keeps what is said, and breaks on purpose. */

import { randomUUID } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { BreakableServer } from "../../support/breakable-server.ts";
import type { Refusal, Told } from "../contract/world.ts";

/** What the client says. */
type Request =
  | { readonly op: "hello" }
  | { readonly op: "kept"; readonly number: number }
  | { readonly op: "send"; readonly delivery: string; readonly text: string }
  | { readonly op: "edit"; readonly delivery: string; readonly id: string; readonly text: string }
  | { readonly op: "find"; readonly delivery: string };

/** Something the person said, or a reaction of theirs to a message. */
interface Said {
  readonly number: number;
  readonly id: string;
  readonly text: string;
  readonly reaction?: { readonly to: string; readonly emoji: string; readonly remove: boolean };
}

/** See the file's first line. Speaks lines of JSON over TCP. */
export class MemoryPlatform extends BreakableServer {
  readonly told: (Told & { readonly delivery: string })[] = [];
  /** Clients that said hello. */
  readonly #clients = new Set<Socket>();
  /** What was said and not taken yet, in order. */
  readonly #said: Said[] = [];
  #numbers = 0;
  #refusal: Refusal | undefined;
  #last: Said | undefined;

  constructor() {
    super(createServer());
    this.server.on("connection", (socket) => {
      if (!socket.destroyed) this.#serve(socket);
    });
  }

  say(text: string, reaction?: Said["reaction"]): void {
    this.#numbers += 1;
    this.#last = { number: this.#numbers, id: randomUUID(), text, ...(reaction && { reaction }) };
    this.#said.push(this.#last);
    for (const socket of this.#clients) write(socket, { op: "message", ...this.#last });
  }

  /** The person reacts to one of our messages, or takes it back. */
  react(to: string, emoji: string, remove: boolean): void {
    this.say("", { to, emoji, remove });
  }

  /** Says the last thing once more, with the same id. */
  repeat(): void {
    for (const socket of this.#clients) write(socket, { op: "message", ...this.#last });
  }

  refuseNext(how: Refusal): void {
    this.#refusal = how;
  }

  #serve(socket: Socket): void {
    socket.on("close", () => this.#clients.delete(socket));
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => this.#answer(socket, JSON.parse(line) as Request));
    lines.on("error", () => {});
  }

  #answer(socket: Socket, request: Request): void {
    if (request.op === "hello") {
      this.#clients.add(socket);
      write(socket, { op: "welcome", me: "claw" });
      for (const one of this.#said) write(socket, { op: "message", ...one });
    } else if (request.op === "kept") {
      const at = this.#said.findIndex(({ number }) => number === request.number);
      if (at !== -1) this.#said.splice(at, 1);
    } else if (request.op === "find") {
      const ids = this.told.filter(({ delivery }) => delivery === request.delivery).map(({ id }) => id);
      write(socket, { op: "found", delivery: request.delivery, ids });
    } else if (request.op === "edit") {
      const at = this.told.findIndex(({ id }) => id === request.id);
      const old = this.told[at];
      if (old !== undefined) this.told[at] = { ...old, text: request.text };
      write(socket, { op: "sent", delivery: request.delivery, id: request.id });
    } else this.#take(socket, request);
  }

  #take(socket: Socket, { delivery, text }: Request & { op: "send" }): void {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal === "later" || refusal === "for good") {
      const more = refusal === "later" ? { retryAfterMs: 20 } : { permanent: true };
      write(socket, { op: "refused", delivery, ...more });
      return;
    }
    const id = randomUUID();
    this.told.push({ id, text, delivery });
    if (refusal === "unanswered") socket.resetAndDestroy();
    else write(socket, { op: "sent", delivery, id });
  }
}

function write(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
