/** `openclaw dashboard`. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { displayPath } from "../config/environment.ts";
import { tokenPath } from "../config/gateway/gateway-token.ts";
import type { GatewayAddress } from "../config/resolve-client.ts";
import { defineCommand } from "./command/command.ts";
import { writePairs } from "./terminal/table.ts";

/** Says where the gateway's web page is, and opens it. */
export const command = defineCommand({
  words: [],
  options: { "no-open": { kind: "switch", help: "only print the address" } },
  details: `
The page asks for the credential itself and forgets it when its tab is closed: it is never part of an address, so that no
history, log or list of processes can show it. Without a screen, or with --json, nothing is opened.`,
  async run({ options, terminal, link }) {
    const address = await link.address();
    const { gateway } = await link.client();
    await gateway.getGateway({});
    const url = `${address.url}/`;
    const credential = credentialPlace(address);
    const wanted = !options["no-open"] && terminal.isTty && !terminal.json;
    const opened = wanted && (await openPage(url, address));
    if (terminal.json) terminal.document({ url, credential, opened });
    else {
      writePairs(terminal, [
        ["url", terminal.colors.bold(url)],
        [
          "sign in with",
          credential === ""
            ? "nothing: every program on this machine may call"
            : `what is in ${displayPath(credential, address.loaded.home)}`,
        ],
      ]);
      if (wanted) terminal.note(opened ? "opened in your browser" : "open it in your browser");
    }
  },
});

/** Where what the page asks for can be read; empty when it asks for nothing. */
function credentialPlace({ credential, loaded }: GatewayAddress): string {
  if (credential === undefined) return loaded.config.gateway.auth.mode === "none" ? "" : tokenPath(loaded.stateDir);
  return credential.source;
}

async function openPage(url: string, { loaded: { environment } }: GatewayAddress): Promise<boolean> {
  const program = opener(environment);
  if (program === undefined) return false;
  const [name = "", ...args] = program;
  // It may be the browser itself: it stays when this command ends, in the language of its user.
  const child = spawn(name, [...args, url], { detached: true, stdio: "ignore", env: { ...environment } });
  child.unref();
  return await once(child, "spawn").then(
    () => true,
    () => false,
  );
}

/** What opens addresses here; undefined where there is no screen. */
function opener(environment: GatewayAddress["loaded"]["environment"]): readonly string[] | undefined {
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["cmd", "/c", "start", ""];
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ["xdg-open"] : undefined;
}
