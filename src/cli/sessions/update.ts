/** `openclaw sessions update`. */

import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defineCommand, type OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { sessionName } from "../link/names.ts";
import { labelPairs } from "./options/labels.ts";
import { chatFrom, chatOptions, settingsOptions } from "./options/settings-options.ts";
import { writeSession } from "./session-view.ts";

const updateOptions = {
  ...settingsOptions,
  ...chatOptions,
  label: { kind: "list", value: "key=value", help: "set a label; key= removes it" },
  pin: { kind: "switch", help: "list it before others" },
  unpin: { kind: "switch", help: "no longer" },
  archive: { kind: "switch", help: "leave it out of lists" },
  unarchive: { kind: "switch", help: "no longer" },
  inherit: { kind: "list", value: "setting", help: "take a setting back: model, thinking, max-output, send, …" },
  etag: { kind: "text", value: "etag", help: "fail if the session changed since it had this etag" },
} as const;

type Options = OptionValues<typeof updateOptions>;

/** Changes what was given, and nothing else. */
export const command = defineCommand({
  words: [{ name: "session", help: "the session to change" }],
  options: updateOptions,
  details: `
A setting that is taken back with --inherit is again the one the agent is configured with.`,
  examples: ['sessions update garden --title "The garden" --pin', "sessions update garden --label project="],
  async run({ options, words, terminal, link, nowMs }) {
    const name = sessionName(words.session);
    const change = changeFrom(options);
    if (change.paths.length === 0 && options.label.length === 0) {
      throw new UsageError("there is nothing to change", "see: openclaw sessions update --help");
    }
    const { sessions } = await link.client();
    if (options.label.length > 0) {
      const { session } = await sessions.getSession({ name });
      change.session.labels = mergeLabels(session?.labels ?? {}, options.label);
      // Labels are replaced as a whole: somebody else's change in between must not be lost.
      change.session.etag = session?.etag ?? "";
      change.paths.push("labels");
    }
    const { etag = change.session.etag } = options;
    const { session = create(SessionSchema) } = await sessions.updateSession({
      session: { ...change.session, name, etag },
      updateMask: { paths: change.paths },
    });
    if (terminal.json) return terminal.document(toJson(SessionSchema, session));
    writeSession(terminal, session, nowMs);
  },
});

interface Change {
  readonly session: Exclude<MessageInitShape<typeof SessionSchema>, { $typeName: string }>;
  readonly paths: string[];
}

/** The masked fields; a path without a value takes the value back. */
function changeFrom(options: Options): Change {
  const { title, model, thinking } = options;
  const maxOutputTokens = options["max-output"];
  const pinned = oneOf(options.pin, options.unpin, "pin");
  const archived = oneOf(options.archive, options.unarchive, "archive");
  const chat = chatFrom(options);
  const values = {
    title,
    pinned,
    archived,
    "settings.model": model,
    "settings.thinking": thinking,
    "settings.max_output_tokens": maxOutputTokens,
    "chat.send": chat.send,
    "chat.activation": chat.activation,
    "chat.usage": chat.usage,
    "chat.queue_mode": chat.queueMode,
    "chat.queue_debounce_ms": chat.queueDebounceMs,
    "chat.queue_cap": chat.queueCap,
  };
  const given = Object.entries(values).flatMap(([path, value]) => (value === undefined ? [] : [path]));
  const inherited = options.inherit.map(inheritPath);
  const both = inherited.findIndex((path) => given.includes(path));
  if (both >= 0) {
    const option = options.inherit[both];
    throw new UsageError(`--${option} and --inherit ${option} contradict each other`, "leave one of them out");
  }
  const settings = { model, thinking, maxOutputTokens };
  return { session: { title, pinned, archived, settings, chat }, paths: [...given, ...inherited] };
}

function inheritPath(setting: string): string {
  const paths: Readonly<Record<string, string>> = {
    model: "settings.model",
    thinking: "settings.thinking",
    "max-output": "settings.max_output_tokens",
    send: "chat.send",
    activation: "chat.activation",
    usage: "chat.usage",
    queue: "chat.queue_mode",
    "queue-debounce": "chat.queue_debounce_ms",
    "queue-cap": "chat.queue_cap",
  };
  const path = paths[setting];
  if (path !== undefined) return path;
  throw new UsageError(`--inherit cannot be "${setting}"`, `choose one of: ${Object.keys(paths).join(", ")}`);
}

function oneOf(on: boolean, off: boolean, name: string): boolean | undefined {
  if (on && off) throw new UsageError(`--${name} and --un${name} contradict each other`, "leave one of them out");
  return on || off ? on : undefined;
}

function mergeLabels(current: Readonly<Record<string, string>>, typed: readonly string[]): Record<string, string> {
  const labels = { ...current };
  for (const [key, value] of labelPairs(typed)) {
    if (value === "") delete labels[key];
    else labels[key] = value;
  }
  return labels;
}
