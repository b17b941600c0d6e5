/** What a page does with our own client: one stream of events that carries everything, and a run that is followed. */

import { createGatewayClient, gatewayErrorFrom, Run_State } from "../../../src/client/gateway-client.ts";
import type { Finding, Task } from "../scenario.ts";

/** Says something in a session of its own and tells what came back, on both streams. */
export async function converse({ url, token, session, ask }: Task): Promise<Finding> {
  const client = createGatewayClient({ url, token });
  const { gateway, caller, cursor } = await client.gateway.getGateway({});
  const created = await client.sessions.createSession({ sessionId: session });
  const parent = created.session?.name ?? "";
  const { run } = await client.runs.createRun({ parent, parts: [{ kind: { case: "text", value: ask } }] });
  const name = run?.name ?? "";
  const [followed, seen] = await Promise.all([followText(client, name), followSubjects(client, { cursor, parent })]);
  const failure = await client.sessions.getSession({ name: "sessions/nobody" }).catch(gatewayErrorFrom);
  return {
    version: gateway?.version,
    principal: caller?.principal,
    ...followed,
    ...seen,
    failure: "reason" in failure ? failure.reason : "none",
  };
}

type Client = ReturnType<typeof createGatewayClient>;

async function followText(client: Client, run: string): Promise<{ text: string; succeeded: boolean }> {
  let text = "";
  let succeeded = false;
  for await (const step of client.followRun(run)) {
    if (step.kind === "append") text += step.text;
    else if (step.kind === "replace") text = step.text;
    else if (step.kind === "run") succeeded = step.run.state === Run_State.SUCCEEDED;
  }
  return { text, succeeded };
}

/** Events of the session until its run has ended, and the live output that came with them. */
async function followSubjects(
  client: Client,
  { cursor, parent }: { cursor: string; parent: string },
): Promise<{ kinds: string[]; signals: string }> {
  const kinds = new Set<string>();
  let signals = "";
  const steps = client.followEvents({ cursor, subjects: [parent, `${parent}/**`], includeSignals: true });
  for await (const step of steps) {
    if (step.kind === "signal" && step.signal.kind.case === "delta") signals += step.signal.kind.value.text;
    if (step.kind !== "event") continue;
    const { resource } = step.event;
    kinds.add(resource.case ?? "");
    if (resource.case === "run" && resource.value.state === Run_State.SUCCEEDED) break;
  }
  return { kinds: [...kinds].sort(), signals };
}
