/** `openclaw devices remove`. */

import { defineCommand } from "../command/command.ts";
import { confirm, yesOption } from "../terminal/confirm.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { findDevice } from "./find.ts";

/** Unpairs a device, and ends everything that goes on by it. */
export const command = defineCommand({
  words: [{ name: "device", help: "its id or title" }],
  options: { yes: yesOption },
  examples: ["devices remove laptop --yes"],
  async run({ options, words, terminal, link }) {
    const { access } = await link.client();
    const { name, title } = await findDevice(access, words.device);
    await confirm(terminal, options.yes, `unpair ${plainLine(title)} (${name})? it is cut off at once.`);
    await access.deleteDevice({ name });
    if (terminal.json) return terminal.document({ removed: name });
    terminal.line(`removed ${plainLine(title)} (${name})`);
  },
});
