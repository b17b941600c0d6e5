/** The command for a session's model. */

import { create } from "@bufbuild/protobuf";
import { RunSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { chooseModel, namesOf } from "./choose-model.ts";
import type { Command, CommandCall, CommandEnd, CommandRooms } from "./command.ts";

/** Models that get a number to be chosen by. */
const mostNumbered = 30;

/** The session's model. */
export const modelCommand: Command = {
  name: "model",
  aliases: ["models"],
  usage: "[name | number | default]",
  summary: "show or choose the model",
  inside: "[^\\s,;!?/]+/[^\\s,;!?]*[^\\s,;!?.]",
  run: changeModel,
};

async function changeModel(
  { recorder, session, args }: CommandCall,
  { models, settings }: CommandRooms,
): Promise<CommandEnd> {
  const own = session.settings?.model;
  // "-s" asks for this session alone; it is never more than that.
  const wanted = args.replace(/(?:^|\s+)-s$/, "").trim();
  const usable = models.list().filter((model) => model.usable);
  if (/^(?:|status|list)$/i.test(wanted)) {
    const numbered = usable.slice(0, mostNumbered).map(({ reference }, index) => `${index + 1}. ${reference}`);
    const more = usable.length > mostNumbered ? [`and ${namesOf(usable.slice(mostNumbered))}`] : [];
    return {
      reply: [`Model: ${own ?? `${settings.agent.model} (default)`}. I can use:`, ...numbered, ...more].join("\n"),
    };
  }
  const kept = create(RunSettingsSchema, session.settings ?? {});
  if (wanted.toLowerCase() === "default") {
    await recorder.updateSession(session, { settings: { ...kept, model: undefined } as typeof kept });
    return { reply: `Model: ${settings.agent.model} (default).` };
  }
  const counted = /^#?(\d{1,2})$/.exec(wanted)?.[1];
  const found = chooseModel(models, (counted && usable[Number(counted) - 1]?.reference) || wanted);
  if ("problem" in found) return { reply: found.problem };
  await recorder.updateSession(session, { settings: { ...kept, model: found.reference } });
  return { reply: `Model: ${found.reference}.` };
}
