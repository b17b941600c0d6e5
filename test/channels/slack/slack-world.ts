/** A fake Slack as a world of the contract suite. */

import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { directId, mia, selfUser } from "../../support/slack/slack-place.ts";
import type { Refusal, Told, World } from "../contract/world.ts";

/** See the file's first line. */
export class SlackWorld implements World {
  readonly kind = "slack";
  readonly replays = true;
  readonly refusals = ["later", "for good", "unanswered"] as const;
  readonly maxText = 4_000;
  readonly slack = new FakeSlack();

  start(): Promise<void> {
    return this.slack.start();
  }

  stop(): Promise<void> {
    return this.slack.stop();
  }

  config(): Readonly<Record<string, unknown>> {
    return { ...slackTokens, apiRoot: this.slack.apiRoot };
  }

  address(): string {
    return mia;
  }

  async say(text: string): Promise<void> {
    this.slack.place.say(directId, text);
  }

  told(): readonly Told[] {
    return this.slack.place
      .in(directId)
      .filter(({ user }) => user === selfUser.user_id)
      .map(({ text, ts }) => ({ text, id: ts }));
  }

  async repeat(): Promise<void> {
    this.slack.sockets.repeat();
  }

  async react(id: string, emoji: string, remove = false): Promise<void> {
    if (emoji !== "👍") throw new Error("only thumbs are known here");
    this.slack.place.react(id, "+1", { remove });
  }

  async cut(): Promise<void> {
    this.slack.cut();
  }

  async goAway(): Promise<void> {
    this.slack.goAway();
  }

  async comeBack(): Promise<void> {
    this.slack.comeBack();
  }

  refuseNext(how: Refusal): void {
    const answers = {
      later: { status: 429, headers: { "retry-after": "0.05" }, body: { ok: false, error: "ratelimited" } },
      "for good": { body: { ok: false, error: "is_archived" } },
      unanswered: "arrives, then silence",
    } as const;
    this.slack.special.push({ method: "chat.postMessage", answer: answers[how] });
  }
}
