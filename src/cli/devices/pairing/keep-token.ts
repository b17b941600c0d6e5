/** Keeping the token of this machine. */

import { type PairedToken, writePairedToken } from "../../../config/gateway/paired-token.ts";
import type { Terminal } from "../../terminal/terminal.ts";

/** Keeps it and returns the path. Where that fails the token is shown, because nobody tells it again, and the failure thrown. */
export async function keepToken(terminal: Terminal, stateDir: string, paired: PairedToken): Promise<string> {
  try {
    return await writePairedToken(stateDir, paired);
  } catch (thrown) {
    const { url, device, token } = paired;
    if (terminal.json) terminal.document({ url, device, token });
    else {
      terminal.note("the token could not be kept; it is not shown again, and good with --token:");
      terminal.line(token);
    }
    throw thrown;
  }
}
