/** `openclaw models list`. */

import { toJson } from "@bufbuild/protobuf";
import { type Model, ModelSchema } from "../../../gen/openclaw/gateway/v1/agent_pb.ts";
import { defineCommand } from "../command/command.ts";
import { readAll } from "../link/paging.ts";
import { grouped } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writeTable } from "../terminal/table.ts";

/** Lists models by name, and what is missing where one cannot be used. */
export const command = defineCommand({
  words: [{ name: "provider", help: "only models of this provider", optional: true }],
  options: {
    usable: { kind: "switch", help: "only models that can be used" },
    limit: { kind: "number", value: "n", help: "at most this many; all when left out", min: 1, max: 100_000 },
  },
  details: `
A provider may answer to more models than are listed: any "provider/model" can be asked for.`,
  async run({ options, words, terminal, link }) {
    const { agents } = await link.client();
    const known = await readAll(async (page) => {
      const { models, nextPageToken } = await agents.listModels(page);
      return { items: models, nextPageToken };
    });
    const models = known
      .filter((model) => words.provider === undefined || model.reference.startsWith(`${words.provider}/`))
      .filter((model) => !options.usable || model.usable)
      .slice(0, options.limit);
    if (terminal.json) return terminal.document({ models: models.map((model) => toJson(ModelSchema, model)) });
    if (models.length === 0) return terminal.note("no models");
    const { cyan, green, red } = terminal.colors;
    writeTable<Model>(
      terminal,
      [
        { title: "model", cell: (model) => plainLine(model.reference), paint: cyan },
        { title: "default", cell: (model) => (model.default ? "yes" : "") },
        { title: "context", cell: ({ contextTokens }) => (contextTokens ? grouped(contextTokens) : ""), right: true },
        { title: "$ in / out", cell: ({ price }) => (price ? `${price.input} / ${price.output}` : ""), right: true },
        { title: "takes", cell: ({ inputs }) => plainLine(inputs.join(", ")) },
        {
          title: "usable",
          cell: (model) => (model.usable ? "yes" : plainLine(model.unusableReason || "no")),
          paint: (cell, model) => (model.usable ? green(cell) : red(cell)),
          shrinks: true,
        },
      ],
      models,
    );
  },
});
