/** Slash commands: what people on channels can tell the gateway itself. No model is asked. */

import { create } from "@bufbuild/protobuf";
import type { ChatSettings, RunSettings, Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { ChatSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { ModelCatalog } from "../agent/model.ts";
import type { CoreSettings, QueueMode } from "../core-settings.ts";
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
  /** The name it was called by, in lower case: "reset" for an alias. */
  readonly typed: string;
  /** What stands behind the command's name, without blanks around it. */
  readonly args: string;
  /** It stands in a message that is answered: it holds for that message, where it can. */
  readonly within: boolean;
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
  /** What holds for that message alone. */
  readonly hint?: MessageHint;
}

/** How one message is to be handled, over what its session says. */
export interface MessageHint {
  readonly settings?: RunSettings;
  readonly queueMode?: QueueMode;
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
  /**
   * It may stand inside a message, which is answered without it: pattern of what must stand behind the name then, empty for
   * nothing.
   */
  readonly inside?: string;
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
