/** Can the models that answer be used? */

import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import type { ModelCatalog } from "../agent/model.ts";
import { Failure } from "../errors.ts";
import type { Check, CheckContext } from "./check.ts";
import { errorFinding, infoFinding, warningFinding } from "./findings.ts";
import { probeModel } from "./probe-model.ts";

/** The model that needs no provider, for trying things out. */
const builtInModel = "echo/echo";

/** Which models are asked when nothing else is said. */
export interface ModelChain {
  /** "provider/model". */
  readonly model: string;
  readonly fallbacks: readonly string[];
}

/** Looks whether each has what it needs; with `deep`, calls it. */
export class ModelCheck implements Check {
  readonly id = "models";
  readonly #catalog: ModelCatalog;
  readonly #chain: () => ModelChain;

  constructor(catalog: ModelCatalog, chain: () => ModelChain) {
    this.#catalog = catalog;
    this.#chain = chain;
  }

  async run(context: CheckContext): Promise<Finding[]> {
    const { model, fallbacks } = this.#chain();
    const problems = await Promise.all([...new Set([model, ...fallbacks])].map((one) => this.#look(one, context)));
    const findings = problems.flatMap((problem) => problem ?? []);
    if (model !== builtInModel) return findings;
    return [...findings, echoFinding(this.id)];
  }

  /** The first model must work; a fallback should. */
  async #look(reference: string, { deep, signal }: CheckContext): Promise<Finding | undefined> {
    const problem = deep
      ? (await probeModel(this.#catalog, reference, signal)).problem
      : await this.#missing(reference);
    if (problem === "") return undefined;
    const finding = reference === this.#chain().model ? errorFinding : warningFinding;
    const fix = "put its key right with: openclaw onboard --model <provider/model> --api-key-stdin";
    return finding({ check: this.id, subject: reference, reason: problem, fix });
  }

  async #missing(reference: string): Promise<string> {
    try {
      await this.#catalog.get(reference);
      return "";
    } catch (error) {
      if (error instanceof Failure) return error.message;
      throw error;
    }
  }
}

function echoFinding(check: string): Finding {
  return infoFinding({
    check,
    subject: builtInModel,
    reason: "no language model is set up: the built-in one only repeats what it is told",
    fix: "choose one with: openclaw onboard",
  });
}
