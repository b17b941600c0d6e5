/** One message of a transcript. */

import { type Message, type Part, Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { clockTime, element } from "./dom.ts";

/** How much of a tool's output is shown before it is unfolded. */
const summaryLength = 120;

/** Shows a message. */
export function messageElement({ name, role, parts, createTime, pending, truncated, withdrawn }: Message): Element {
  const own = role === Role.USER;
  const notes = [pending && "waiting", withdrawn && "withdrawn", truncated && "cut off"].filter(Boolean).join(", ");
  return element(
    "article",
    { class: `message ${own ? "own" : "theirs"}`, "data-name": name },
    ...parts.map(partElement),
    element("footer", {}, clockTime(createTime), notes === "" ? undefined : ` · ${notes}`),
  );
}

/** Shows what an agent is saying: it grows. */
export function draftElement(answer: string, thinking: string): Element {
  const thought = answer === "" && thinking !== "" ? folded("thinking", thinking, true) : undefined;
  const text = answer === "" ? undefined : element("p", { class: "text" }, answer);
  return element(
    "article",
    { class: "message theirs draft" },
    thought,
    text,
    element("footer", { class: "typing" }, "answering"),
  );
}

function partElement({ kind }: Part): Element | undefined {
  switch (kind.case) {
    case "text":
      return element("p", { class: "text" }, kind.value);
    case "thinking":
      return folded("thought", kind.value);
    case "toolUse":
      return folded(`calls ${kind.value.tool}`, JSON.stringify(kind.value.input ?? {}, undefined, 2));
    case "toolResult":
      return folded(`${kind.value.tool} ${kind.value.failed ? "failed" : "answered"}`, kind.value.text);
    case "attachment":
      return element(
        "p",
        { class: "attachment" },
        `${kind.value.fileName || kind.value.mediaType} (${kind.value.sizeBytes} bytes)`,
      );
    default:
      return undefined;
  }
}

function folded(summary: string, text: string, open = false): Element {
  const begin = text.replace(/\s+/g, " ").slice(0, summaryLength);
  const head = element("summary", {}, element("b", {}, summary), " ", element("span", {}, begin));
  return element("details", { open }, head, element("pre", {}, text));
}
