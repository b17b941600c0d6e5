/** Takes messages from the other side. */

import { Readable } from "node:stream";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { type Ingress, Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { HookRequest, HookResponse } from "../../core/channel/http-hooks.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { Failure } from "../../core/errors.ts";
import { systemClock } from "../../lib/clock.ts";
import { NoMessageError, type WebhookMessage, webhookMessage } from "./webhook-inbound.ts";
import { signatureProblem } from "./webhook-signature.ts";

const outcomes = new Map<number, string>(Object.entries(Outcome).map(([name, value]) => [value, name]));

/**
 * Answers one request: 401 when it is not signed, 400 when it is no message, 429 when too many wait and it is to be sent
 * again, and 200 once the message is safe on disk; the same id again changes nothing. Rejects when it could not be kept.
 */
export async function receive(host: ChannelHost, secret: string, request: HookRequest): Promise<HookResponse> {
  const { headers, body } = request;
  const nowMs = systemClock.nowMs();
  const problem = signatureProblem(headers, { secret, body, nowMs });
  if (problem !== undefined) return json(401, { error: problem });
  let given: WebhookMessage;
  try {
    given = webhookMessage(body, nowMs);
  } catch (error) {
    if (error instanceof NoMessageError) return json(400, { error: error.message });
    throw error;
  }
  const attachments = [];
  for (const { name, content } of given.files) {
    attachments.push(await host.storeFile(Readable.from([content]), { fileName: name }));
  }
  let ingress: Ingress;
  try {
    ingress = await host.receive({ ...given.message, attachments });
  } catch (error) {
    if (error instanceof Failure && error.reason === ErrorReason.RATE_LIMITED)
      return json(429, { error: error.message });
    throw error;
  }
  return json(200, { ingress: ingress.name, outcome: outcomes.get(ingress.outcome), reason: ingress.reason });
}

function json(status: number, value: object): HookResponse {
  return { status, body: `${JSON.stringify(value)}\n`, contentType: "application/json" };
}
