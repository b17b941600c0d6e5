/** Slash commands: what people on channels can tell the gateway itself. No model is asked. */

import { create } from "@bufbuild/protobuf";
import type { ChatSettings, Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { ChatSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { ModelCatalog } from "../agent/model.ts";
import type { CoreSettings } from "../core-settings.ts";
import type { Recorder } from "../recorder.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { RunEffects } from "../run/run-effects.ts";

/** Who sent a command. */
export interface Author {
  /** "channels/{channel}/senders/{sender}". */
  readonly name: string;
  /** The network's own id. */
  readonly address: string;
  /** As they call themselves; may be empty. */
  readonly title: string;
  readonly owner: boolean;
}

/** One command as it was sent, inside the transaction that carries it out. */
export interface CommandCall {
  readonly recorder: Recorder;
  readonly effects: RunEffects;
  /** Session of the conversation; it exists. */
  readonly session: Session;
  /** What stands behind the command's name, without blanks around it. */
  readonly args: string;
  readonly author: Author;
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  readonly inGroup: boolean;
}

/** What commands work with. Settings are read on use. */
export interface CommandRooms {
  readonly models: ModelCatalog;
  readonly liveRuns: LiveRuns;
  readonly settings: Pick<CoreSettings, "agent" | "compaction" | "queue" | "messaging">;
  /** When the gateway started, ms since the epoch. */
  readonly startTimeMs: number;
}

/** What became of a command. */
export interface CommandEnd {
  /** Said in the conversation. */
  readonly reply: string;
  /** Text that goes on to the agent, as if it had been sent alone; undefined for none. */
  readonly message?: string;
}

/** One command. */
export interface Command {
  /** Without the slash. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** What may stand behind the name: "[model]"; empty for nothing. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  /** Only the owner may. */
  readonly ownerOnly?: boolean;
  /** Only in groups. */
  readonly groupsOnly?: boolean;
  run(call: CommandCall, rooms: CommandRooms): Promise<CommandEnd>;
}

/** Changes how the session behaves on channels; undefined inherits from the configuration again. */
export function changeChat(
  { recorder, session }: Pick<CommandCall, "recorder" | "session">,
  changes: { [Field in keyof ChatSettings]?: ChatSettings[Field] | undefined },
): Promise<Session> {
  const chat = { ...create(ChatSettingsSchema, session.chat ?? {}), ...changes } as ChatSettings;
  return recorder.updateSession(session, { chat });
}
