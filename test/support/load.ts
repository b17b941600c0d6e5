/** Work for a gateway: sessions, turns of every queue mode, notes, cancels, at random but repeatable. */

import { randomUUID } from "node:crypto";
import { Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { CreateRunRequest_QueueMode as QueueMode } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type GatewayClient, type GatewayError, gatewayErrorFrom } from "../../src/client/gateway-client.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** An answer the gateway gave: the request it belongs to must never be answered otherwise. */
export interface Acknowledged {
  readonly kind: "run" | "note" | "session";
  /** Also stands in the text of what was sent. */
  readonly requestId: string;
  /** Name of the run, message or session. */
  readonly name: string;
  /** Name of the message; empty for a session. */
  readonly message: string;
  /** Sends the request once more and returns the name it is answered with. */
  readonly again: (client: GatewayClient) => Promise<string>;
}

const refusals = new Set(["QUEUE_FULL", "SESSION_BUSY"]);
const { STEER, FOLLOW_UP, COLLECT, INTERRUPT } = QueueMode;

/** Keeps a gateway busy. A call that fails on the way is sent again with the same request_id until it is answered. */
export class Load {
  /** Every answer. */
  readonly acknowledged: Acknowledged[] = [];
  /** Requests the gateway refused: nothing of them may be kept. */
  readonly refused: string[] = [];
  readonly #client: () => GatewayClient;
  readonly #random: SeededRandom;
  readonly #sessions: readonly string[];
  #steps = 0;
  #stopped = false;

  constructor(client: () => GatewayClient, random: SeededRandom, sessions: readonly string[]) {
    this.#client = client;
    this.#random = random;
    this.#sessions = sessions;
  }

  /** Makes the sessions. */
  async open(): Promise<void> {
    for (const sessionId of this.#sessions) {
      await this.#acknowledge("session", async (client, requestId) => {
        const { session } = await client.sessions.createSession({ sessionId, requestId });
        return { name: session?.name ?? "", message: "" };
      });
    }
  }

  /** Does this many things, a few at a time. */
  async run(steps: number): Promise<void> {
    const end = this.#steps + steps;
    await this.runWhile(() => this.#steps < end);
  }

  /** Goes on, a few things at a time, as long as `wanted` says so. */
  async runWhile(wanted: () => boolean): Promise<void> {
    while (wanted() && !this.#stopped) await Promise.all([this.#step(), this.#step(), this.#step()]);
  }

  /** Gives up: nothing more is sent, and nothing is sent again. */
  stop(): void {
    this.#stopped = true;
  }

  async #step(): Promise<void> {
    this.#steps += 1;
    const random = this.#random;
    const parent = `sessions/${random.pick(this.#sessions)}`;
    if (random.chance(0.15)) await this.#note(parent);
    else if (random.chance(0.1)) await this.#cancel();
    else await this.#turn(parent);
  }

  async #turn(parent: string): Promise<void> {
    const random = this.#random;
    const queueMode = random.pick([STEER, STEER, FOLLOW_UP, COLLECT, INTERRUPT]);
    const lines = [random.text(random.between(1, 8)).replaceAll("\n", " ")];
    if (random.chance(0.4)) lines.unshift(`/slow ${random.between(1, 8)}`);
    if (random.chance(0.4)) lines.push("/tool current_time {}");
    if (random.chance(0.2)) lines.push("/tool session_status {}");
    await this.#acknowledge("run", async (client, requestId) => {
      const parts = [{ kind: { case: "text" as const, value: [requestId, ...lines].join("\n") } }];
      const { run, message } = await client.runs.createRun({ parent, requestId, queueMode, parts });
      return { name: run?.name ?? "", message };
    });
  }

  async #note(parent: string): Promise<void> {
    await this.#acknowledge("note", async (client, requestId) => {
      const message = { role: Role.SYSTEM, parts: [{ kind: { case: "text" as const, value: `note ${requestId}` } }] };
      const { message: kept } = await client.sessions.appendMessage({ parent, requestId, message });
      return { name: kept?.name ?? "", message: kept?.name ?? "" };
    });
  }

  async #cancel(): Promise<void> {
    const runs = this.acknowledged.filter(({ kind }) => kind === "run");
    if (runs.length === 0) return;
    const { name } = this.#random.pick(runs.slice(-6));
    await this.#persist((client) => client.runs.cancelRun({ name, drainQueue: this.#random.chance(0.2) }));
  }

  async #acknowledge(
    kind: Acknowledged["kind"],
    call: (client: GatewayClient, requestId: string) => Promise<{ name: string; message: string }>,
  ): Promise<void> {
    const requestId = randomUUID();
    const answer = await this.#persist((client) => call(client, requestId));
    if (answer === undefined) {
      this.refused.push(requestId);
      return;
    }
    const again = async (client: GatewayClient): Promise<string> => (await call(client, requestId)).name;
    this.acknowledged.push({ kind, requestId, again, ...answer });
  }

  /** The answer; undefined when the gateway refused because it has enough to do. */
  async #persist<Answer>(call: (client: GatewayClient) => Promise<Answer>): Promise<Answer | undefined> {
    for (;;) {
      try {
        return await call(this.#client());
      } catch (thrown) {
        const error = gatewayErrorFrom(thrown);
        if (refusals.has(error.reason) || this.#stopped) return undefined;
        if (!isPassing(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** True for trouble that another try may get past: the process is gone, starts or stops. */
function isPassing(error: GatewayError): boolean {
  return error.reason === "" || error.reason === "STARTING" || error.reason === "DRAINING";
}
