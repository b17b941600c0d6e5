/** The fields of a session that a caller may set: what they may hold, and how a field mask picks them. */

import { create } from "@bufbuild/protobuf";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type RunSettings, RunSettingsSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type FieldViolation, invalidField, invalidFields, protectedResource } from "../errors.ts";
import { mainSession } from "../names.ts";
import { chatPaths, chatViolations, setChatPaths, withChat } from "./chat-settings.ts";

const maxTitleLength = 256;
const maxLabels = 32;
const maxLabelLength = 256;
const labelKey = /^[a-z0-9._/-]{1,63}$/;
const modelReference = /^[^/\s]+\/\S+$/;
const thinkingLevels = ["off", "minimal", "low", "medium", "high"];
const maxOutputTokens = 1_000_000;

/** Names, times and numbers of a session. */
const frameBytes = 1_024;

/** How large a session is, near enough to bound pages, batches and memory: what grows is what callers may set. */
export function sessionBytes({ title, labels, settings }: Session): number {
  const words = title + (settings?.model ?? "");
  return frameBytes + Buffer.byteLength(words) + Buffer.byteLength(JSON.stringify(labels));
}

/** Fails with FIELD_INVALID, naming every wrong field. */
export function checkSession(session: Session): void {
  const violations: FieldViolation[] = [];
  const wrong = (field: string, description: string): void =>
    void violations.push({ field: `session.${field}`, description });
  if (session.title.length > maxTitleLength) wrong("title", `is longer than ${maxTitleLength} characters`);
  if (session.agent !== "" && session.agent !== "agents/main")
    wrong("agent", `${session.agent} does not exist; use agents/main`);
  const labels = Object.entries(session.labels);
  if (labels.length > maxLabels) wrong("labels", `has ${labels.length} labels; at most ${maxLabels}`);
  for (const [key, value] of labels) {
    if (!labelKey.test(key)) wrong("labels", `"${key}" is no label key: use 1-63 of a-z 0-9 . _ / -`);
    if (value.length > maxLabelLength) wrong(`labels.${key}`, `is longer than ${maxLabelLength} characters`);
  }
  violations.push(...settingsViolations(session.settings, "session.settings"));
  violations.push(...chatViolations(session.chat, "session"));
  if (violations.length > 0) throw invalidFields(violations);
}

/** Fails with FIELD_INVALID when a setting is out of its range. */
export function checkSettings(settings: RunSettings | undefined, field: string): void {
  const violations = settingsViolations(settings, field);
  if (violations.length > 0) throw invalidFields(violations);
}

const settingsFields = ["model", "thinking", "maxOutputTokens"] as const;
const maskPaths = [
  "title",
  "archived",
  "pinned",
  "labels",
  "settings",
  "settings.model",
  "settings.thinking",
  "settings.max_output_tokens",
  "chat",
  ...chatPaths,
];

/** The changes a mask picks from `wanted`; an empty mask picks what is set there. Fails with FIELD_INVALID or PROTECTED. */
export function maskedChanges(session: Session, wanted: Session, paths: readonly string[]): Partial<Session> {
  const picked = paths.length > 0 ? paths : setPaths(wanted);
  const changes: Partial<Session> = {};
  const settings = create(RunSettingsSchema, session.settings ?? {});
  for (const path of picked) {
    if (!maskPaths.includes(path))
      throw invalidField("update_mask", `${path} cannot be updated; use ${maskPaths.join(", ")}`);
    if (path === "title") changes.title = wanted.title;
    else if (path === "labels") changes.labels = wanted.labels;
    else if (path === "pinned") changes.pinned = wanted.pinned;
    else if (path === "archived") changes.archived = wanted.archived;
    else if (path === "settings") changes.settings = wanted.settings;
    else if (path === "chat") changes.chat = wanted.chat;
    else if (path.startsWith("chat.")) changes.chat = withChat(changes.chat ?? session.chat, wanted.chat, path);
    else changes.settings = withSetting(changes.settings ?? settings, wanted.settings, path);
  }
  if (changes.archived) {
    if (session.name === mainSession) throw protectedResource(session.name, "cannot be archived");
    changes.pinned = false;
  }
  return changes;
}

function withSetting(settings: RunSettings, wanted: RunSettings | undefined, path: string): RunSettings {
  const field = settingsFields.find((name) => `settings.${snakeCase(name)}` === path) ?? "model";
  return { ...settings, [field]: wanted?.[field] };
}

function setPaths(wanted: Session): string[] {
  const paths: string[] = [];
  if (wanted.title !== "") paths.push("title");
  if (wanted.archived) paths.push("archived");
  if (wanted.pinned) paths.push("pinned");
  if (Object.keys(wanted.labels).length > 0) paths.push("labels");
  for (const name of settingsFields)
    if (wanted.settings?.[name] !== undefined) paths.push(`settings.${snakeCase(name)}`);
  paths.push(...setChatPaths(wanted.chat));
  return paths;
}

function settingsViolations(settings: RunSettings | undefined, field: string): FieldViolation[] {
  const violations: FieldViolation[] = [];
  const { model, thinking, maxOutputTokens: tokens } = settings ?? {};
  if (model !== undefined && !modelReference.test(model)) {
    violations.push({ field: `${field}.model`, description: `"${model}" is no model; write provider/model` });
  }
  if (thinking !== undefined && !thinkingLevels.includes(thinking)) {
    violations.push({
      field: `${field}.thinking`,
      description: `"${thinking}" is none of ${thinkingLevels.join(", ")}`,
    });
  }
  if (tokens !== undefined && (tokens < 1 || tokens > maxOutputTokens)) {
    violations.push({
      field: `${field}.max_output_tokens`,
      description: `${tokens} is not between 1 and ${maxOutputTokens}`,
    });
  }
  return violations;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
