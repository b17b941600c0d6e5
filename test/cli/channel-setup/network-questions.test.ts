import { expect } from "chai";
import * as z from "zod";
import { knownNetworks } from "../../../src/cli/channel-setup/network-questions.ts";
import { networkShapes } from "../../../src/config/channels/network-schemas.ts";

describe("the questions about a network", () => {
  it("are about keys the network has, and hide those the configuration hides", async () => {
    for (const { kind, questions } of await knownNetworks()) {
      for (const { key, secret = false } of questions) {
        const field = fieldAt(z.object(networkShapes[kind]), key.split("."));
        expect(field, `${kind}.${key}`).not.to.equal(undefined);
        expect(isSensitive(field), `${kind}.${key}`).to.equal(secret);
      }
    }
  });

  it("are there for every network this gateway has", async () => {
    const kinds = (await knownNetworks()).map(({ kind }) => kind);
    expect(kinds.toSorted()).to.deep.equal(Object.keys(networkShapes).toSorted());
  });
});

function fieldAt(schema: z.ZodType, [key = "", ...rest]: readonly string[]): z.ZodType | undefined {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  const field = inner instanceof z.ZodObject ? (inner.shape[key] as z.ZodType | undefined) : undefined;
  return field === undefined || rest.length === 0 ? field : fieldAt(field, rest);
}

/** What is said of the optional key, or of what it holds. */
function isSensitive(field: z.ZodType | undefined): boolean {
  const inner = field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : undefined;
  return field?.meta()?.sensitive === true || inner?.meta()?.sensitive === true;
}
