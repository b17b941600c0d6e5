/** A homeserver as a world of the contract suite. */

import { FakeHomeserver } from "../../support/matrix/fake-homeserver.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** Who writes to us. */
export const miaId = "@mia:test";

/** See the file's first line. */
export class MatrixWorld implements World {
  readonly kind = "matrix";
  readonly replays = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = 10_000;
  readonly server = new FakeHomeserver();
  #room = "";

  async start(): Promise<void> {
    await this.server.start();
    this.#room = this.server.makeRoom([miaId]);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    return { homeserver: this.server.url, accessToken: "secret-token", allowPrivateNetwork: true };
  }

  address(): string {
    return this.#room;
  }

  async say(text: string): Promise<void> {
    this.server.say(this.#room, miaId, { msgtype: "m.text", body: text });
  }

  told(): readonly Told[] {
    return this.server.told(this.#room);
  }

  async repeat(): Promise<void> {
    const last = this.server.log.events.findLast(({ sender, type }) => sender === miaId && type === "m.room.message");
    if (last !== undefined) this.server.log.add(last);
  }

  async react(id: string, emoji: string, remove = false): Promise<void> {
    this.server.react(this.#room, miaId, { id, key: emoji, remove });
  }

  async cut(): Promise<void> {
    this.server.cut();
  }

  async goAway(): Promise<void> {
    this.server.goAway();
  }

  async comeBack(): Promise<void> {
    this.server.comeBack();
  }

  refuseNext(how: Refusal): void {
    this.server.treatNext(how);
  }
}
