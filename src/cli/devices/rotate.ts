/** `openclaw devices rotate`. */

import { pairedTokenPath, writePairedToken } from "../../config/gateway/paired-token.ts";
import { defineCommand } from "../command/command.ts";
import { keepToken } from "./pairing/keep-token.ts";

/** Replaces the token this machine got when it was paired. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
The old token ends at once. The new one is kept where the old one was; one that was given with --token is printed, once.`,
  examples: ["devices rotate --url https://assistant.example:18789"],
  async run({ terminal, link }) {
    const { url, credential, loaded, pin } = await link.address();
    const { access, gateway } = await link.client();
    const { caller } = await gateway.whoAmI({});
    const path = pairedTokenPath(loaded.stateDir, url);
    const kept = { url, device: caller?.principal ?? "", certificate: pin?.certificate };
    const isKept = credential?.source === path;
    // Where nothing can be written the old token has to stay good.
    if (isKept) await writePairedToken(loaded.stateDir, { ...kept, token: credential.secret });
    const { token } = await access.rotateToken({});
    if (!isKept) {
      if (terminal.json) return terminal.document({ url, token });
      terminal.note("this is the new token; it is not shown again:");
      return terminal.line(token);
    }
    await keepToken(terminal, loaded.stateDir, { ...kept, token });
    if (terminal.json) return terminal.document({ url, path });
    terminal.line(`the token for ${url} was replaced; it is in ${path}`);
  },
});
