/** Devices, and who asks to become one, as people read them. */

import {
  type Device,
  type PairingRequest,
  PairingRequest_StateSchema,
} from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { lastPart } from "../link/names.ts";
import { scopeWords } from "../link/scopes.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago, ahead } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of devices. */
export function deviceColumns(terminal: Terminal, nowMs: number): Column<Device>[] {
  const { cyan, green } = terminal.colors;
  return [
    { title: "device", cell: (device) => lastPart(device.name), paint: cyan },
    { title: "title", cell: (device) => plainLine(device.title), shrinks: true },
    { title: "may", cell: (device) => scopeWords(device.scopes), shrinks: true },
    { title: "runs on", cell: (device) => plainLine(device.platform), shrinks: true },
    { title: "seen", cell: (device) => (device.online ? "online" : seen(device, nowMs)), paint: onlineIn(green) },
    { title: "paired", cell: (device) => ago(device.pairTime, nowMs) },
    { title: "ends", cell: ({ expireTime }) => (expireTime === undefined ? "" : ahead(expireTime, nowMs)) },
  ];
}

/** Columns of a list of who asks. */
export function requestColumns(terminal: Terminal, nowMs: number): Column<PairingRequest>[] {
  const { yellow } = terminal.colors;
  return [
    { title: "code", cell: (request) => request.code, paint: yellow },
    { title: "title", cell: (request) => plainLine(request.title), shrinks: true },
    { title: "state", cell: (request) => enumWord(PairingRequest_StateSchema, request.state) },
    { title: "wants", cell: ({ subject }) => (subject.case === "device" ? scopeWords(subject.value.scopes) : "") },
    { title: "runs on", cell: ({ subject }) => (subject.case === "device" ? plainLine(subject.value.platform) : "") },
    { title: "from", cell: ({ subject }) => (subject.case === "device" ? subject.value.remoteAddress : "") },
    { title: "asked", cell: (request) => ago(request.createTime, nowMs) },
  ];
}

/** Writes everything about one device. */
export function writeDevice(terminal: Terminal, device: Device, nowMs: number): void {
  writePairs(terminal, [
    ["name", device.name],
    ["title", plainLine(device.title)],
    ["may", scopeWords(device.scopes)],
    ["runs on", plainLine(device.platform)],
    ["offers", plainLine(device.commands.join(" "))],
    ["paired", ago(device.pairTime, nowMs)],
    ["seen", seen(device, nowMs)],
    ["ends", device.expireTime && ahead(device.expireTime, nowMs)],
    ["let in by", device.approver],
  ]);
}

function seen({ seenTime }: Device, nowMs: number): string {
  return seenTime === undefined ? "never" : ago(seenTime, nowMs);
}

function onlineIn(paint: (text: string) => string): (cell: string, device: Device) => string {
  return (cell, device) => (device.online ? paint(cell) : cell);
}
