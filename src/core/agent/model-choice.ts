/** Which models a run may ask, and with what: run, then session, then agent. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunSettings, Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { attachmentsOf } from "../blob/attachments.ts";
import type { AgentSettings } from "../core-settings.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import { toolUsesOf } from "../run/tool-results.ts";
import { told } from "./channel-text.ts";
import { chooseFiles } from "./files/file-choice.ts";
import type { FileLoader, ShownFiles } from "./files/file-loader.ts";
import type { ModelImage, Thinking, ToolSchema } from "./model.ts";
import type { ModelCall } from "./model-caller.ts";
import { systemPrompt } from "./prompt.ts";
import { fitWindow } from "./transcript-window.ts";

/** What is asked, and in which session. */
export interface Asked {
  readonly session: Session;
  readonly messages: readonly Message[];
}

/** Makes the calls of an agent. */
export class ModelChoice {
  readonly #agent: AgentSettings;
  readonly #tools: readonly ToolSchema[];
  readonly #files: FileLoader;

  constructor(agent: AgentSettings, tools: readonly ToolSchema[], files: FileLoader) {
    this.#agent = agent;
    this.#tools = tools;
    this.#files = files;
  }

  /**
   * The call that answers these messages; `place` is what the operator says about where the answer goes. A model somebody
   * chose has no fallback: they get that one or an error.
   */
  callFor(active: ActiveRun, { session, messages }: Asked, place: string): ModelCall {
    const agent = this.#agent;
    const chosen: Partial<RunSettings> = { ...given(session.settings), ...given(active.record.run.settings) };
    return {
      active,
      chain: chainOf(agent, session, active.record.run),
      callIds: () => messages.flatMap((message) => toolUsesOf(message).map((use) => use.callId)),
      request: async ({ contextTokens: known, takesImages }) => {
        const contextTokens = known || agent.contextTokens;
        const files = await this.#files.load(chooseFiles(messages, { contextTokens, takesImages }));
        const window = fitWindow(
          messages.map((message) => told(message, files)),
          contextTokens,
        );
        return {
          instructions: systemPrompt(agent.instructions, place),
          messages: window,
          images: imagesIn(window, files),
          tools: this.#tools,
          thinking: (chosen.thinking as Thinking | undefined) ?? agent.thinking,
          maxOutputTokens: chosen.maxOutputTokens ?? agent.maxOutputTokens,
        };
      },
    };
  }
}

function imagesIn(messages: readonly Message[], files: ShownFiles): Map<string, ModelImage> {
  const images = new Map<string, ModelImage>();
  if (files.size === 0) return images;
  for (const attachment of messages.flatMap(({ parts }) => attachmentsOf(parts))) {
    const file = files.get(attachment);
    if (file?.kind === "image") images.set(attachment.blob, file.image);
  }
  return images;
}

/** Models to ask, in order. One that somebody chose, for the run or its session, has no fallback. */
export function chainOf(agent: AgentSettings, session: Session, run?: Run): readonly string[] {
  const chosen = run?.settings?.model ?? session.settings?.model;
  return chosen === undefined ? [agent.model, ...agent.fallbacks] : [chosen];
}

function given(settings: RunSettings | undefined): Partial<RunSettings> {
  const set = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Partial<RunSettings>;
}
