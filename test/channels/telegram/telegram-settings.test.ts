/** Settings of Telegram, and what is said when they cannot work. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { telegramSettings } from "../../../src/channels/telegram/telegram-settings.ts";
import { configSchema } from "../../../src/config/config-schema.ts";
import { MisconfiguredError } from "../../../src/core/channel/network.ts";

const botToken = "123456:ABC-def_1";

describe("settings of Telegram", () => {
  it("read the token from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "openclaw-telegram-"));
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, `${botToken}\n`);
    expect(telegramSettings({ tokenFile }).botToken).to.equal(botToken);
    rmSync(folder, { recursive: true });
    expect(() => telegramSettings({ tokenFile })).to.throw(MisconfiguredError, `${tokenFile}: ENOENT`);
  });

  it("name what is missing, and who gives it", () => {
    expect(() => telegramSettings({})).to.throw(MisconfiguredError, "@BotFather");
  });

  it("take no token that would lead elsewhere, and do not tell it", () => {
    for (const wrong of ["123456:ABC/../x", "123456:ABC?x", "secret"]) {
      expect(() => telegramSettings({ botToken: wrong }))
        .to.throw(MisconfiguredError, "is no token")
        .and.satisfy(({ message }: Error) => !message.includes(wrong));
    }
  });

  it("need a secret for the webhook", () => {
    expect(() => telegramSettings({ botToken, webhookUrl: "https://x.test" })).to.throw(
      MisconfiguredError,
      "webhookSecret",
    );
    expect(() => telegramSettings({ botToken, webhookUrl: "https://x.test", webhookSecret: "" })).to.throw(
      "webhookSecret",
    );
  });

  it("are refused by the configuration when the secret is short or the webhook is not encrypted", () => {
    const parse = (telegram: object) => configSchema.safeParse({ channels: { telegram } }).success;
    expect(parse({ botToken, webhookUrl: "https://x.test", webhookSecret: "0123456789abcdef" })).to.equal(true);
    expect(parse({ botToken, webhookSecret: "short" })).to.equal(false);
    expect(parse({ botToken, webhookUrl: "http://x.test" })).to.equal(false);
  });
});
