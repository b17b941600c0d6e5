/** `openclaw devices rename`. */

import { create, toJson } from "@bufbuild/protobuf";
import { DeviceSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { defineCommand } from "../command/command.ts";
import { writeDevice } from "./device-view.ts";
import { findDevice } from "./find.ts";

/** Calls a device something else. */
export const command = defineCommand({
  words: [
    { name: "device", help: "its id or title" },
    { name: "title", help: "what to call it", rest: true },
  ],
  options: {},
  examples: ["devices rename laptop The old laptop"],
  async run({ words, terminal, link, nowMs }) {
    const { access } = await link.client();
    const { name } = await findDevice(access, words.device);
    const { device = create(DeviceSchema) } = await access.updateDevice({
      device: { name, title: words.title },
      updateMask: { paths: ["title"] },
    });
    if (terminal.json) return terminal.document(toJson(DeviceSchema, device));
    writeDevice(terminal, device, nowMs);
  },
});
