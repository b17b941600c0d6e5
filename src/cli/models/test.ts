/** `openclaw models test`. */

import { durationMs } from "@bufbuild/protobuf/wkt";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { plainLine } from "../terminal/plain-text.ts";

/** Makes one small real call to a model. */
export const command = defineCommand({
  words: [{ name: "model", help: '"provider/model"; the default model when left out', optional: true }],
  options: {},
  details: `
Does its provider answer, and take the key? Costs a few tokens. Exit code 1 when it does not.`,
  examples: ["models test", "models test anthropic/claude-sonnet-5"],
  async run({ words, globals, terminal, link }) {
    const { agents } = await link.client();
    const options = { timeoutMs: Math.max(globals.timeout, 25_000) };
    const { model, problem, latency } = await agents.testModel({ model: words.model ?? "" }, options);
    const ms = latency === undefined ? 0 : durationMs(latency);
    if (terminal.json) {
      terminal.document({ model, ok: problem === "", problem: problem || undefined, latencyMs: ms });
      return problem === "" ? 0 : 1;
    }
    if (problem !== "") throw new CommandFailure(plainLine(problem), "see: openclaw models list");
    terminal.line(`${plainLine(model)} answered in ${Math.round(ms)} ms`);
    return 0;
  },
});
