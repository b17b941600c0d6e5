/** `openclaw devices narrow`. */

import { create, toJson } from "@bufbuild/protobuf";
import { DeviceSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { scopeOption, scopesFrom } from "../link/scopes.ts";
import { writeDevice } from "./device-view.ts";
import { findDevice } from "./find.ts";

/** Allows a device less than before. */
export const command = defineCommand({
  words: [{ name: "device", help: "its id or title" }],
  options: { scope: scopeOption },
  details: `
Its streams end, and what it calls next is judged by what is left. To allow more, the device has to be paired again.`,
  examples: ["devices narrow laptop --scope read"],
  async run({ options, words, terminal, link, nowMs }) {
    const scopes = scopesFrom(options.scope);
    if (scopes.length === 0) throw new UsageError("what is left? give --scope", "for example: --scope read");
    const { access } = await link.client();
    const { name } = await findDevice(access, words.device);
    const { device = create(DeviceSchema) } = await access.updateDevice({
      device: { name, scopes },
      updateMask: { paths: ["scopes"] },
    });
    if (terminal.json) return terminal.document(toJson(DeviceSchema, device));
    writeDevice(terminal, device, nowMs);
  },
});
