/** Explains: from any name on a message's path, the whole path. */

import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelCatalog } from "../agent/model.ts";
import { invalidField, notFound } from "../errors.ts";
import { idOf } from "../names.ts";
import { findOutputs } from "../run/live/tool-call.ts";
import type { ReadTables, Store } from "../store.ts";
import { conclude } from "./conclusion.ts";
import { dollarsOf } from "./cost.ts";
import type { Path } from "./path.ts";
import { type PathStep, stepsOf } from "./path-steps.ts";
import { toolCallsOf } from "./tool-calls.ts";

const maxDeliveries = 1_000;
const maxIngress = 100;
const namePattern =
  /^(?:sessions\/[^/]+\/(?<kept>messages|runs)\/[^/]+|channels\/[^/]+\/(?<moved>deliveries|ingress)\/[^/]+)$/;
const idPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** A path, in words too. */
export interface Explanation extends Path {
  /** In order of time. */
  readonly steps: readonly PathStep[];
  /** Where it ended, or that it has not. */
  readonly conclusion: string;
}

/** Explains what became of messages. */
export class Explain {
  readonly #store: Store;
  readonly #models: Pick<ModelCatalog, "list">;

  constructor(store: Store, models: Pick<ModelCatalog, "list">) {
    this.#store = store;
    this.#models = models;
  }

  /**
   * The path on which a message, run, delivery or ingress is; for the last three the id alone will do. Fails with NOT_FOUND,
   * and FIELD_INVALID for what is no such name.
   */
  explain(name: string): Promise<Explanation> {
    return this.#store.read(async (tables) => {
      const found = await findPath(tables, await wholeName(tables, name));
      const path = { ...found, dollars: this.#dollarsOf(found.run) };
      return { ...path, steps: stepsOf(path), conclusion: conclude(path) };
    });
  }

  #dollarsOf(run: Run | undefined): number | undefined {
    return run?.usage === undefined ? undefined : dollarsOf(this.#models, run.model, run.usage);
  }
}

/** What lies on a path, without what it cost. */
type FoundPath = Omit<Path, "dollars">;

/** The name, or the name of the only thing with that id. */
async function wholeName(tables: ReadTables, name: string): Promise<string> {
  if (namePattern.test(name)) return name;
  if (!idPattern.test(name)) {
    throw invalidField("name", `"${name}" is no message, run, delivery or ingress, and no id of one of the last three`);
  }
  const query = { beforeId: `${name}~`, limit: 1 };
  const [record] = await tables.runs.list(query);
  const [delivery] = await tables.deliveries.list(query);
  const [ingress] = await tables.ingress.list(query);
  const found = [record?.run.name, delivery?.delivery.name, ingress?.name].find((one) => one && idOf(one) === name);
  if (found === undefined) throw notFound(`a run, delivery or ingress with the id ${name}`);
  return found;
}

async function findPath(tables: ReadTables, name: string): Promise<FoundPath> {
  const { kept, moved } = namePattern.exec(name)?.groups ?? {};
  if (kept === "runs") return pathOfRun(tables, name);
  if (kept === "messages") return pathOfMessage(tables, name);
  if (moved === "deliveries") return pathOfDelivery(tables, name);
  const found = (await tables.ingress.find(name))?.ingress;
  if (found === undefined) throw notFound(name);
  return found.run === "" ? emptyPath({ ingress: [found] }) : pathOfRun(tables, found.run);
}

async function pathOfMessage(tables: ReadTables, name: string): Promise<FoundPath> {
  const message = await tables.messages.find(name);
  if (message === undefined) throw notFound(name);
  if (message.run !== "" && (await tables.runs.find(message.run)) !== undefined) return pathOfRun(tables, message.run);
  const ingress = await tables.ingress.list({ transcriptMessage: name, limit: maxIngress });
  const deliveries = await tables.deliveries.list({ message: name, limit: maxDeliveries });
  return emptyPath({ ingress, inputs: [message], deliveries: inOrder(deliveries) });
}

async function pathOfDelivery(tables: ReadTables, name: string): Promise<FoundPath> {
  const record = await tables.deliveries.find(name);
  if (record === undefined) throw notFound(name);
  const { run } = record.delivery;
  if (run !== "" && (await tables.runs.find(run)) !== undefined) return pathOfRun(tables, run);
  return emptyPath({ deliveries: inOrder(await tables.deliveries.listBatch(record.batch)) });
}

async function pathOfRun(tables: ReadTables, name: string): Promise<FoundPath> {
  const record = await tables.runs.find(name);
  if (record === undefined) throw notFound(name);
  const { run } = record;
  const inputs: Message[] = [];
  for (const input of run.inputs) {
    const message = await tables.messages.find(input);
    if (message !== undefined) inputs.push(message);
  }
  const ingress = await tables.ingress.list({ run: name, limit: maxIngress });
  const deliveries = await tables.deliveries.list({ run: name, limit: maxDeliveries });
  return {
    ingress: [...ingress].reverse(),
    inputs,
    run,
    toolCalls: toolCallsOf(run, await findOutputs(tables.messages, run)),
    deliveries: inOrder(deliveries),
  };
}

function emptyPath(known: Partial<FoundPath>): FoundPath {
  return { ingress: [], inputs: [], run: undefined, toolCalls: [], deliveries: [], ...known };
}

function inOrder(records: readonly { readonly delivery: Delivery }[]): Delivery[] {
  const deliveries = records.map((record) => record.delivery);
  return deliveries.sort((one, other) => (one.name < other.name ? -1 : 1));
}
