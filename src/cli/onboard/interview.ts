/** The whole conversation of a set-up, until the model that was chosen answers or the person goes on without. */

import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { CommandFailure } from "../failure-view.ts";
import type { LocalGateway } from "../service/local-gateway.ts";
import type { Answers } from "./answers.ts";
import { askAnswers } from "./ask-answers.ts";
import { askModel } from "./ask-model.ts";
import type { Dialog } from "./dialog.ts";
import { type ModelTrial, tryModel } from "./try-model.ts";

/** What the conversation is about. */
export interface Subject {
  readonly local: LocalGateway;
  /** What the flags said. */
  readonly given: Answers;
  /** The model is called before anything is written. */
  readonly tests: boolean;
  /** The risk was accepted by a flag. */
  readonly consents: boolean;
}

/** What came of it. */
export interface Outcome {
  readonly answers: Answers;
  readonly trial: ModelTrial | undefined;
}

const risk = "An agent acts with your rights: it can run programs, read and change files, and send messages.";

/** Conducts it. Fails with a CommandFailure when the person leaves; nothing has changed then. */
export async function conduct(dialog: Dialog, subject: Subject): Promise<Outcome> {
  const { local, given } = subject;
  dialog.say(risk);
  if (!subject.consents && !(await dialog.confirm("go on?", true))) {
    throw new CommandFailure("you left; nothing was changed");
  }
  const loaded = await loadConfig(local.surroundings);
  const runs = (await local.owner()) !== undefined;
  const canInstall = local.supervisor.manager !== "none";
  const answers = await askAnswers(dialog, { loaded, given, canInstall, runs });
  if (!subject.tests) return { answers, trial: undefined };
  return await settleModel(dialog, loaded, answers);
}

/** Asks again as long as the model does not answer and the person wants another try. */
async function settleModel(dialog: Dialog, loaded: LoadedConfig, first: Answers): Promise<Outcome> {
  let answers = first;
  for (;;) {
    const trial = await tryModel(loaded, answers, new AbortController().signal);
    if (!trial?.problem) return { answers, trial };
    dialog.warn(trial.problem);
    const next = await dialog.choose("what now", "again", [
      { value: "again", label: "choose again" },
      { value: "keep", label: "go on with it all the same" },
    ]);
    if (next === "keep") return { answers, trial: undefined };
    const { model, apiKey, baseUrl } = await askModel(dialog, loaded);
    answers = { ...answers, model, apiKey, baseUrl };
  }
}
