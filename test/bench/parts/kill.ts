/** SIGKILL right after the acknowledgement: nothing that was acknowledged may be lost, nothing may be done twice. */

import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { isRunOver } from "../../../src/client/follow-run.ts";
import { type BenchClient, connectBenchClient } from "../gateway/bench-client.ts";
import { type BenchGateway, startBenchGateway } from "../gateway/bench-gateway.ts";
import { makeSessions } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";

const cases = 20;
const sentPerCase = 6;

/** A message that was sent, and whether it was acknowledged before the kill. */
interface Sent {
  readonly session: string;
  readonly requestId: string;
  acknowledgedRun: string | undefined;
}

/** What became of them. */
interface Tally {
  acknowledged: number;
  lost: number;
  unanswered: number;
  doubled: number;
}

/** Sends messages to several sessions at once, kills at an acknowledgement, starts again, and sends all of them again. */
export async function measureKill(): Promise<Row[]> {
  const tally: Tally = { acknowledged: 0, lost: 0, unanswered: 0, doubled: 0 };
  for (let number = 0; number < cases; number++) {
    let gateway = await startBenchGateway();
    const sent = await sendAndKill(gateway, 1 + (number % sentPerCase));
    gateway = await startBenchGateway({ home: gateway.home });
    const client = connectBenchClient(gateway);
    for (const message of sent) await check(client, message, tally);
    client.close();
    await gateway.end();
    await rm(gateway.home, { recursive: true, force: true });
  }
  const how = `${cases} kills with ${sentPerCase} messages on their way each, ${tally.acknowledged} acknowledged; all sent again after the restart`;
  return [
    { what: "SIGKILL: acknowledged and lost", unit: "", value: tally.lost, ...promises.killLost, how },
    { what: "SIGKILL: never answered", unit: "", value: tally.unanswered, ...promises.killUnanswered, how },
    { what: "SIGKILL: kept or answered twice", unit: "", value: tally.doubled, ...promises.killDoubled, how },
  ];
}

async function sendAndKill(gateway: BenchGateway, killAtAcknowledgement: number): Promise<Sent[]> {
  const client = connectBenchClient(gateway);
  const sessions = await makeSessions(client, "kill", sentPerCase);
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  const send = async (session: string): Promise<Sent> => {
    const sent: Sent = { session, requestId: randomUUID(), acknowledgedRun: undefined };
    try {
      const { run } = await client.runs.createRun(requestOf(sent));
      sent.acknowledgedRun = run?.name;
      acknowledged += 1;
      if (acknowledged === killAtAcknowledgement) killed = gateway.kill();
    } catch {
      // Cut off by the kill: the caller does not know whether it was kept, and asks again.
    }
    return sent;
  };
  const all = await Promise.all(sessions.map(send));
  await (killed ?? gateway.kill());
  client.close();
  return all;
}

function requestOf({ session, requestId }: Sent) {
  return { parent: session, requestId, parts: [{ kind: { case: "text" as const, value: "are you still there?" } }] };
}

async function check({ runs, sessions }: BenchClient, sent: Sent, tally: Tally): Promise<void> {
  const { run } = await runs.createRun(requestOf(sent));
  const name = run?.name ?? "";
  let over = false;
  for await (const { frame } of runs.watchRun({ name })) over = frame.case === "run" && isRunOver(frame.value);
  const { messages } = await sessions.listMessages({ parent: sent.session });
  const asked = messages.filter((message) => message.role === Role.USER).length;
  const answered = messages.filter((message) => message.role === Role.ASSISTANT).length;
  if (sent.acknowledgedRun !== undefined) tally.acknowledged += 1;
  if (sent.acknowledgedRun !== undefined && (asked === 0 || sent.acknowledgedRun !== name)) tally.lost += 1;
  if (!over || answered === 0) tally.unanswered += 1;
  if (asked > 1 || answered > 1) tally.doubled += 1;
}
