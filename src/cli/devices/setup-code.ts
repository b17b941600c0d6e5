/** `openclaw devices setup-code`. */

import { toJson } from "@bufbuild/protobuf";
import { CreateSetupCodeResponseSchema } from "../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { isLoopbackAddress } from "../../lib/ip-address.ts";
import { defineCommand } from "../command/command.ts";
import { durationOption } from "../link/duration-option.ts";
import { scopeOption, scopesFrom } from "../link/scopes.ts";
import { ahead } from "../terminal/moment.ts";

const loopbackNote =
  "this gateway listens on this machine only: elsewhere, use the address of the tunnel or proxy that leads to it";

/** Makes a code that lets one device in. */
export const command = defineCommand({
  words: [],
  options: {
    scope: { ...scopeOption, help: `${scopeOption.help}; read and write when left out` },
    expires: { kind: "text", value: "duration", help: "how long it can be used; 10m when left out, at most 24h" },
  },
  details: `
The code approves one device in advance: type the line it prints on that device. It is good once.`,
  examples: ["devices setup-code", "devices setup-code --scope read --expires 1h"],
  async run({ options, terminal, link, nowMs }) {
    const scopes = scopesFrom(options.scope);
    const ttl = durationOption("expires", options.expires);
    const { access } = await link.client();
    const answer = await access.createSetupCode({ scopes, ttl });
    if (terminal.json) return terminal.document(toJson(CreateSetupCodeResponseSchema, answer));
    const { setupCode, urls, expireTime } = answer;
    terminal.note(`good for one device, ends ${ahead(expireTime, nowMs)}; on that device, type:`);
    const outer = urls.filter((url) => !isLoopbackAddress(new URL(url).hostname.replace(/^\[|\]$/g, "")));
    const shown = outer.length > 0 ? outer : urls.slice(0, 1);
    for (const url of shown) terminal.tell(`openclaw devices pair --url ${url} --setup-code ${setupCode}`);
    if (outer.length === 0) terminal.note(loopbackNote);
  },
});
