/** `openclaw devices pair`: the side of the device. */

import { hostname, platform } from "node:os";
import { create, toJson } from "@bufbuild/protobuf";
import {
  DeviceSchema,
  PairingRequest_State,
  PairingRequestSchema,
} from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { RedeemPairingResponse } from "../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import type { GatewayAddress } from "../../config/resolve-client.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { scopeOption, scopesFrom, scopeWords } from "../link/scopes.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { keepToken } from "./pairing/keep-token.ts";
import { pairingAddress } from "./pairing/pairing-address.ts";
import { redeem } from "./pairing/redeem.ts";

/** Asks a gateway elsewhere to let this machine in, waits, and keeps the token. */
export const command = defineCommand({
  words: [],
  options: {
    "setup-code": { kind: "text", value: "code", help: "made there by: openclaw devices setup-code" },
    title: { kind: "text", value: "title", help: "what to call this machine; its host name when left out" },
    scope: { ...scopeOption, help: `${scopeOption.help}; read and write when left out` },
  },
  details: `
Shows a code, which somebody compares and approves on the gateway's side; with --setup-code nobody has to. The token is kept in
the state folder, readable by you only, and used for exactly this address from then on. A certificate nobody signed is trusted
with --fingerprint (the gateway shows it when it starts), and from then on without.`,
  examples: [
    "devices pair --url https://assistant.example:18789",
    "devices pair --url https://10.0.0.7:18789 --fingerprint AB:CD:…",
    "devices pair --url http://10.0.0.7:18789 --setup-code ocs_…",
  ],
  async run({ options, globals, terminal }) {
    const address = await pairingAddress(globals);
    const { openClient } = await import("../link/open-client.ts");
    const { access } = openClient({ ...address, credential: undefined }, globals.timeout);
    try {
      const { pairingRequest: request = create(PairingRequestSchema), redeemSecret } = await access.requestPairing({
        title: options.title ?? hostname(),
        platform: platform(),
        scopes: scopesFrom(options.scope),
        setupCode: options["setup-code"] ?? "",
      });
      if (request.state === PairingRequest_State.PENDING) tellCode(terminal, address.url, request.code);
      const paired = await redeem(access, redeemSecret);
      await keep(terminal, address, paired);
    } catch (thrown) {
      throw await explained(thrown, address);
    }
  },
});

function tellCode(terminal: Terminal, url: string, code: string): void {
  if (terminal.json) {
    terminal.note(JSON.stringify({ waiting: true, url, code }));
    return;
  }
  terminal.note(`asked ${url} to let this machine in, with the code ${terminal.errorColors.yellow(code)}`);
  terminal.note(`somebody there has to approve it: openclaw devices approve ${code}`);
}

async function keep(terminal: Terminal, address: GatewayAddress, paired: RedeemPairingResponse): Promise<void> {
  const { device = create(DeviceSchema), token } = paired;
  const { url, loaded, pin } = address;
  const certificate = pin?.certificate;
  const path = await keepToken(terminal, loaded.stateDir, { url, device: device.name, token, certificate });
  if (terminal.json) return terminal.document({ url, path, device: toJson(DeviceSchema, device) });
  terminal.line(`paired with ${url} as ${device.name}; this machine may ${scopeWords(device.scopes)}`);
  terminal.note(`the token is in ${path}`, `try: openclaw whoami --url ${url}`);
}

async function explained(thrown: unknown, address: GatewayAddress): Promise<unknown> {
  if (!(thrown instanceof Error) || thrown.name !== "ConnectError") return thrown;
  const { viewCallFailure } = await import("../link/call-failure.ts");
  const { message, next, facts } = viewCallFailure(thrown, address);
  return new CommandFailure(message, next, facts);
}
