/** The gateway as people read it. */

import { create, toJson } from "@bufbuild/protobuf";
import { type Channel, Channel_StateSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { CallerSchema, type Gateway, GatewaySchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import {
  type GetGatewayResponse,
  GetGatewayResponseSchema,
} from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { scopeWords } from "../link/scopes.ts";
import { asTyped } from "../program-name.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { exactly, unixMs } from "../terminal/moment.ts";
import { stateText } from "./state-text.ts";

/** What a gateway says about itself. */
export interface Answer {
  readonly response: GetGatewayResponse;
  /** Undefined when the gateway knows no channels. */
  readonly channels: readonly Channel[] | undefined;
}

/** For programs. */
export function answerFacts({ response, channels }: Answer) {
  const { gateway, caller } = toJson(GetGatewayResponseSchema, response);
  return { gateway, caller, channels: channels?.map(channelFacts) };
}

/** For people: names with their values. */
export function answerPairs(
  { response, channels }: Answer,
  nowMs: number,
): [name: string, value: string | undefined][] {
  const { gateway = create(GatewaySchema), caller = create(CallerSchema) } = response;
  return [
    ["state", stateText(gateway)],
    ["version", gateway.version],
    ["up for", gateway.startTime && exactly(nowMs - unixMs(gateway.startTime))],
    ["you are", `${caller.principal} (${scopeWords(caller.scopes)})`],
    ["model", gateway.defaultModel],
    ["runs", `${gateway.activeRuns} active, ${gateway.queuedRuns} queued`],
    ["channels", channels && channelsText(channels)],
    ["restart", restartText(gateway)],
    ["in force", inForceText(gateway)],
  ];
}

/** Undefined when the configuration on the disk is the one in force. */
function inForceText({ configEtag, appliedConfigEtag }: Gateway): string | undefined {
  return configEtag === appliedConfigEtag
    ? undefined
    : asTyped("not all of the configuration on disk; see: openclaw config plan");
}

/** "2 online, 1 offline (telegram)": whatever is not online is named. */
export function channelsText(channels: readonly Channel[]): string {
  const byState = Map.groupBy(channels, ({ state }) => enumWord(Channel_StateSchema, state));
  const parts = [...byState].map(([word, those]) => {
    const names = those.map(({ name }) => name.replace(/^channels\//, "")).join(", ");
    return `${those.length} ${word}${word === "online" ? "" : ` (${names})`}`;
  });
  return parts.join(", ") || "none";
}

function channelFacts({ name, state, stateReason }: Channel) {
  return { name, state: enumWord(Channel_StateSchema, state), reason: stateReason || undefined };
}

/** What is due, or why what was asked for did not happen. */
function restartText({ restartReason, restartRefusal }: Gateway): string | undefined {
  if (restartReason !== "") return `due: ${restartReason}`;
  return restartRefusal === "" ? undefined : `refused: ${restartRefusal}`;
}
