/** The first message, and its answer. */

import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { isRunOver } from "../../client/follow-run.ts";
import { CommandFailure } from "../failure-view.ts";
import { followToEnd } from "../runs/run-follower.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Says it in the main session, and prints the answer as it comes unless it is to be JSON. Resolves with its text; fails without one. */
export async function sayHello(client: GatewayClient, terminal: Terminal, text: string): Promise<string> {
  const parts = [{ kind: { case: "text" as const, value: text } }];
  const accepted = await client.runs.createRun({ parent: "sessions/main", parts });
  const steps = client.followRun(accepted.run?.name ?? "");
  if (!terminal.json) {
    await followToEnd({ terminal, steps, accepted, wasInterrupted: () => false });
    return "";
  }
  let answer = "";
  for await (const step of steps) {
    if (step.kind === "message") answer += textOf(step.message);
    if (step.kind !== "run" || !isRunOver(step.run) || step.run.state === Run_State.SUCCEEDED) continue;
    const why = step.run.error?.message ?? "the run was stopped";
    throw new CommandFailure(`the agent did not answer: ${why}`, "see: openclaw doctor --deep");
  }
  return answer;
}

function textOf({ role, parts }: Message): string {
  if (role !== Role.ASSISTANT) return "";
  return parts.map(({ kind }) => (kind.case === "text" ? kind.value : "")).join("");
}
