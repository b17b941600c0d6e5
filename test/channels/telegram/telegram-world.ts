/** Telegram as a world of the contract suite: the Bot API on this machine, with Mia on it. */

import { Refused } from "../../support/telegram/fake-methods.ts";
import { FakeTelegram } from "../../support/telegram/fake-telegram.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** Mia's number. */
export const mia = 1_001;

/** See the file's first line. */
export class TelegramWorld implements World {
  readonly kind = "telegram";
  readonly replays = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = 4_096;
  readonly telegram = new FakeTelegram();
  #last: Readonly<Record<string, unknown>> = {};

  start(): Promise<void> {
    return this.telegram.start();
  }

  stop(): Promise<void> {
    return this.telegram.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    return { botToken: this.telegram.token, apiRoot: this.telegram.apiRoot };
  }

  address(): string {
    return String(mia);
  }

  async say(text: string): Promise<void> {
    const { message } = this.telegram.say({ text });
    this.#last = message as Readonly<Record<string, unknown>>;
  }

  told(): readonly Told[] {
    return this.telegram.saidIn(mia).map(({ text, message_id }) => ({ text, id: String(message_id) }));
  }

  async repeat(): Promise<void> {
    this.telegram.say(this.#last);
  }

  async react(id: string, emoji: string, remove = false): Promise<void> {
    this.telegram.react({ message_id: Number(id) }, remove ? [emoji] : [], remove ? [] : [emoji]);
  }

  async cut(): Promise<void> {
    this.telegram.cut();
  }

  async goAway(): Promise<void> {
    this.telegram.goAway();
  }

  async comeBack(): Promise<void> {
    this.telegram.comeBack();
  }

  refuseNext(how: Refusal): void {
    const later = new Refused(429, "Too Many Requests: retry after 1", { retry_after: 0.05 });
    const never = new Refused(403, "Forbidden: bot was blocked by the user");
    this.telegram.failNext("sendMessage", how === "unanswered" ? "cut after" : how === "later" ? later : never);
  }
}
