/** `openclaw onboard`. */

import { displayPath } from "../config/environment.ts";
import { loadConfig } from "../config/load-config.ts";
import { hiddenValuesHelp, takeHiddenValues } from "./channel-setup/hidden-values.ts";
import { tellTrial } from "./channel-setup/trial-view.ts";
import { defineCommand, type Invocation, type OptionValues } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { CommandFailure } from "./failure-view.ts";
import { type Answers, answersFrom } from "./onboard/answers.ts";
import { onboardOptions } from "./onboard/options.ts";
import { type SetUp, setUp } from "./onboard/set-up.ts";
import { type ModelTrial, tryModel } from "./onboard/try-model.ts";
import { LocalGateway, requireLocal } from "./service/local-gateway.ts";
import { writePairs } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Sets a gateway up, or changes what is asked of one that is. */
export const command = defineCommand({
  words: [],
  options: onboardOptions,
  details: `
Model and key (checked with a real call before anything is written), authentication, address, workspace, a first channel; then
starts the gateway, waits for the channel and asks the agent something. In a terminal it asks; with --non-interactive
--accept-risk it does what the options say. Doing it again changes only what is asked. Keys, and secrets of the channel, go to
.env in the state folder (0600), or to the configuration. Exit code 1 when the channel is not online.
${hiddenValuesHelp}`,
  examples: [
    "onboard",
    "onboard --non-interactive --accept-risk --model openai/gpt-5 --api-key-stdin < key.txt",
    "onboard --non-interactive --accept-risk --channel irc --channel-set host=irc.libera.chat --channel-set nick=claw",
    "onboard --non-interactive --accept-risk --workspace ~/work --start none",
  ],
  async run(invocation) {
    const { options, globals, terminal } = invocation;
    requireLocal(globals.url, "onboard");
    const asks = !options["non-interactive"];
    requireConsent(terminal, options);
    const local = await LocalGateway.open(globals);
    const given = await withHiddenValues(await answersFrom(options, () => readInput(terminal)), terminal);
    const { answers, trial } = await (asks ? interview : takeAnswers)(invocation, local, given);
    const done = await setUp(answers, { local, globals, terminal });
    report(terminal, { ...done, trial, home: local.surroundings.home });
    return done.channel === undefined || done.channel.online ? 0 : 1;
  },
});

type Options = OptionValues<typeof onboardOptions>;

async function withHiddenValues(given: Answers, terminal: Terminal): Promise<Answers> {
  const { channel } = given;
  return channel ? { ...given, channel: { ...channel, keys: await takeHiddenValues(channel.keys, terminal) } } : given;
}

type Site = Pick<Invocation, "terminal" | "onInterrupt"> & { readonly options: Options };

/** An agent may run programs and send messages: nobody should have one without knowing that. */
function requireConsent(terminal: Terminal, options: Options): void {
  if (!options["non-interactive"]) {
    if (terminal.canAsk && !terminal.json) return;
    throw new UsageError(
      "there is nobody to ask",
      "add --non-interactive --accept-risk, and say what you want by options",
    );
  }
  if (options["accept-risk"]) return;
  throw new UsageError(
    "--non-interactive needs --accept-risk",
    "an agent acts with your rights on this machine; add --accept-risk when you want that",
  );
}

interface Taken {
  readonly answers: Answers;
  readonly trial: ModelTrial | undefined;
}

/** A model that does not answer stops it: nothing was changed yet. */
async function takeAnswers({ options }: Site, local: LocalGateway, given: Answers): Promise<Taken> {
  if (options["skip-model-test"]) return { answers: given, trial: undefined };
  const trial = await tryModel(await loadConfig(local.surroundings), given, new AbortController().signal);
  if (!trial?.problem) return { answers: given, trial };
  throw new CommandFailure(trial.problem, "nothing was changed; give another key or model, or add --skip-model-test");
}

async function interview(site: Site, local: LocalGateway, given: Answers): Promise<Taken> {
  const [{ Dialog }, { conduct }] = await Promise.all([
    import("./onboard/dialog.ts"),
    import("./onboard/interview.ts"),
  ]);
  const dialog = await Dialog.open("openclaw onboard");
  return await conduct(dialog, {
    local,
    given,
    tests: !site.options["skip-model-test"],
    consents: site.options["accept-risk"],
  });
}

async function readInput(terminal: Terminal): Promise<string> {
  let text = "";
  terminal.stdin.setEncoding("utf8");
  for await (const piece of terminal.stdin) text += piece;
  return text;
}

interface Report extends SetUp {
  readonly trial: ModelTrial | undefined;
  readonly home: string;
}

function report(terminal: Terminal, { written, workspace, owner, answer, hints, trial, home, ...more }: Report): void {
  if (terminal.json) {
    const gateway = owner && { pid: owner.pid, url: owner.url };
    terminal.document({ changed: written, workspace, modelTest: trial, gateway, answer, ...more, hints });
    return;
  }
  const changed = [...written.keys, ...written.variables.map((name) => `${name} in .env`)];
  terminal.line("");
  writePairs(terminal, [
    ["changed", changed.join(", ") || "nothing"],
    ["model", trial && `${trial.model} answered in ${trial.latencyMs} ms`],
    ["workspace", displayPath(workspace, home)],
    ["gateway", owner?.url ?? "does not run"],
    ["channels", more.channels.join(", ")],
  ]);
  if (more.channel) tellTrial(terminal, more.channel);
  for (const hint of hints) terminal.note(terminal.errorColors.yellow(`note: ${hint}`));
  const talk = 'talk to it with openclaw agent -m "…", or in a browser: openclaw dashboard';
  const next = owner ? talk : "start it with: openclaw gateway start";
  terminal.note(`next: ${next}`);
}
