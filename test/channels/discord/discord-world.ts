/** A fake Discord as a world of the contract suite. */

import { directId, mia } from "../../support/discord/discord-place.ts";
import { discordToken, FakeDiscord, self } from "../../support/discord/fake-discord.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** See the file's first line. */
export class DiscordWorld implements World {
  readonly kind = "discord";
  readonly replays = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = 2_000;
  readonly discord = new FakeDiscord();

  start(): Promise<void> {
    return this.discord.start();
  }

  stop(): Promise<void> {
    return this.discord.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    return { token: discordToken, apiRoot: this.discord.apiRoot };
  }

  address(): string {
    return `user:${mia.id}`;
  }

  async say(text: string): Promise<void> {
    this.discord.place.say(directId, text);
  }

  told(): readonly Told[] {
    return this.discord.place
      .in(directId)
      .filter(({ author }) => author.id === self.id)
      .map(({ content, id }) => ({ text: content, id }));
  }

  async repeat(): Promise<void> {
    this.discord.gateway.repeat("MESSAGE_CREATE");
  }

  async react(id: string, emoji: string, remove = false): Promise<void> {
    this.discord.place.react(id, emoji, { remove });
  }

  async cut(): Promise<void> {
    this.discord.cut();
  }

  async goAway(): Promise<void> {
    this.discord.goAway();
  }

  async comeBack(): Promise<void> {
    this.discord.comeBack();
  }

  refuseNext(how: Refusal): void {
    const answers = {
      later: { status: 429, body: { message: "You are being rate limited.", retry_after: 0.05, global: false } },
      "for good": { status: 403, body: { message: "Cannot send messages to this user", code: 50007 } },
      unanswered: "arrives, then silence",
    } as const;
    this.discord.special.push({
      fits: ({ method, path }) => method === "POST" && path.endsWith("/messages"),
      answer: answers[how],
    });
  }
}
