/** What must be true of what drivers hand in. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { invalidField } from "../../errors.ts";
import type { DriverLoginReport, DriverLoginStep } from "./driver-desk.ts";

/** Longest text of a login step, in bytes; a QR code holds less. */
const maxStepBytes = 4_096;

/** Fails with FIELD_INVALID. */
export function checkInbound({ platformId, address, senderAddress }: InboundMessage): void {
  for (const [field, value] of Object.entries({ platform_id: platformId, address, sender_address: senderAddress })) {
    if (value === "") throw invalidField(`message.${field}`, "is empty; every message has one");
    if (Buffer.byteLength(value) > 1_024) throw invalidField(`message.${field}`, "is longer than 1024 bytes");
  }
}

/** Fails with FIELD_INVALID. */
export function checkLoginStep({ step, report }: DriverLoginStep): void {
  if (step < 1) throw invalidField("step", "is 1 for the first step, 2 for the next, and so on");
  const [field, text] = textOf(report);
  if (text === "" && report.kind !== "done") throw invalidField(field, "is empty; say what is to be shown");
  if (Buffer.byteLength(text) > maxStepBytes) throw invalidField(field, `is longer than ${maxStepBytes} bytes`);
}

function textOf(report: DriverLoginReport): [field: string, text: string] {
  switch (report.kind) {
    case "qr":
      return ["qr", report.text];
    case "link":
      return ["link", report.url];
    case "prompt":
      return ["prompt.question", report.question];
    case "done":
      return ["done.title", report.title];
    case "failed":
      return ["failed.reason", report.reason];
  }
}
