/** ChannelSettingsService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Channel } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import {
  ChannelSettingsService,
  type UpdateChannelResponse,
  UpdateChannelResponseSchema,
} from "../../../../gen/openclaw/gateway/v1/channel_settings_service_pb.ts";
import type { ChannelUpdates } from "../../../core/channel/update/update-channel.ts";
import { invalidField } from "../../../core/errors.ts";
import { callerKey } from "../../caller-key.ts";
import { requestOnce } from "../request-once.ts";

/** Settings of channels over the wire. */
export function channelSettingsService(updates: ChannelUpdates): ServiceImpl<typeof ChannelSettingsService> {
  return {
    async updateChannel(request, context) {
      const { channel, updateMask } = request;
      if (channel === undefined) throw invalidField("channel", "is missing; name the channel to update");
      const once = requestOnce(ChannelSettingsService.method.updateChannel, { request, context }, updated);
      const actor = context.values.get(callerKey).principal;
      return asUpdated(await updates.update({ channel, paths: updateMask?.paths ?? [], actor }, once));
    },
  };
}

const asUpdated = (channel: Channel): UpdateChannelResponse => create(UpdateChannelResponseSchema, { channel });
const updated = {
  toResponse: asUpdated,
  fromResponse: ({ channel }: UpdateChannelResponse) => channel as Channel,
};
