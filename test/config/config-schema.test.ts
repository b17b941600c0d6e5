import { expect } from "chai";
import { defaultConfig } from "../../src/config/config.ts";
import { configJsonSchema, configSchema } from "../../src/config/config-schema.ts";

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Every key below the node, with its path. */
function keysOf(node: SchemaNode, path = ""): [string, SchemaNode][] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]): [string, SchemaNode][] => [
    [`${path}.${key}`, child],
    ...keysOf(child, `${path}.${key}`),
  ]);
  const others = [node.additionalProperties, node.items, ...(node.anyOf ?? [])];
  return [...own, ...others.flatMap((other) => (typeof other === "object" ? keysOf(other, `${path}.*`) : []))];
}

describe("configSchema", () => {
  it("turns an empty file into the defaults", () => {
    expect(configSchema.parse({})).to.deep.equal(defaultConfig);
  });

  it("accepts its own output again", () => {
    expect(configSchema.parse(configSchema.parse({}))).to.deep.equal(defaultConfig);
  });
});

describe("configJsonSchema", () => {
  const schema = configJsonSchema() as SchemaNode;

  it("describes every key", () => {
    expect(
      keysOf(schema)
        .filter(([, { description }]) => !description)
        .map(([path]) => path),
    ).to.deep.equal([]);
  });

  it("refuses unknown keys in every object", () => {
    const open = [["", schema] as const, ...keysOf(schema)].filter(
      ([, { properties, additionalProperties: more }]) => properties !== undefined && more !== false && !isClosed(more),
    );
    expect(open.map(([path]) => path)).to.deep.equal([]);
  });

  it("demands nothing of an empty file", () => {
    expect(schema).not.to.have.property("required");
  });
});

/** A map beside fixed keys is closed when what is in it is. */
function isClosed(node: SchemaNode["additionalProperties"]): boolean {
  return typeof node === "object" && node.additionalProperties === false;
}
