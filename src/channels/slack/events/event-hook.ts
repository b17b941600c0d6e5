/** Slack's Events API over HTTP: signed requests, answered once what they brought is safe. */

import { createHmac, timingSafeEqual } from "node:crypto";
import type { HookHandler, HookRequest, HookResponse } from "../../../core/channel/http-hooks.ts";
import { jsonObject } from "../../../lib/text/json-object.ts";
import { type EventCallback, isPress, type SlackEvent } from "../slack-api.ts";

/** A signature older than this, or as far in the future, is none, in seconds. */
const freshS = 300;

/** Answers Slack's requests: 401 to whoever is not Slack, 500 when Slack has to bring it again. */
export function eventHook(secret: string, onEvent: (event: SlackEvent) => Promise<void>): HookHandler {
  return async (request) => {
    if (!isSigned(request, secret, Date.now())) return { status: 401, body: "the signature is wrong or old" };
    const text = new TextDecoder().decode(request.body);
    const callback: EventCallback | undefined = jsonObject(text);
    // What people do with a message comes as a form.
    const press: { readonly type?: string } | undefined = callback
      ? undefined
      : jsonObject(new URLSearchParams(text).get("payload") ?? "");
    if (press !== undefined && isPress(press)) return answerAfter(onEvent(press));
    if (callback?.type === "url_verification")
      return { status: 200, body: callback.challenge ?? "", contentType: "text/plain" };
    if (callback?.type !== "event_callback" || callback.event === undefined) return { status: 200 };
    return answerAfter(onEvent(callback.event));
  };
}

/** True when Slack signed it lately. */
function isSigned({ headers, body }: HookRequest, secret: string, nowMs: number): boolean {
  const time = headers["x-slack-request-timestamp"] ?? "";
  const given = Buffer.from(headers["x-slack-signature"] ?? "");
  if (!/^\d{1,12}$/.test(time) || Math.abs(nowMs / 1_000 - Number(time)) > freshS) return false;
  const wanted = Buffer.from(`v0=${createHmac("sha256", secret).update(`v0:${time}:`).update(body).digest("hex")}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function answerAfter(kept: Promise<void>): Promise<HookResponse> {
  try {
    await kept;
    return { status: 200 };
  } catch {
    return { status: 500, body: "not kept; bring it again" };
  }
}
