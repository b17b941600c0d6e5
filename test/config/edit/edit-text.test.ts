import { expect } from "chai";
import { type ConfigEdit, editText } from "../../../src/config/edit/edit-text.ts";
import { type Located, ParsedText } from "../../../src/config/edit/parsed-text.ts";
import { sameValue } from "../../../src/config/edit/plain-value.ts";
import { formatPath, Json5Source, type KeyPath } from "../../../src/config/file/json5-source.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { configErrorOf } from "../config-home.ts";
import { RandomWriter, randomKey, randomObject, randomValue } from "./random-json5.ts";

function parse(text: string): unknown {
  const source = Json5Source.parse(text);
  if (!(source instanceof Json5Source)) throw new Error(`${source.text} in ${text}`);
  return source.value;
}

function set(text: string, path: KeyPath, value: unknown): string {
  return editText(text, [{ path, value }]);
}

describe("editText", () => {
  it("changes one value and nothing else", () => {
    const text = "// mine\n{\n  gateway: { port: 1, /* why */ bind: 'lan' }, // here\n}\n";
    expect(set(text, ["gateway", "port"], 18790)).to.equal(text.replace("1,", "18790,"));
  });

  it("adds a key behind the last one, and what is said behind that", () => {
    const text = "{\n  a: 1, // one\n  b: 2 // two\n  // the end\n}\n";
    expect(set(text, ["c"], 3)).to.equal("{\n  a: 1, // one\n  b: 2, // two\n  c: 3\n  // the end\n}\n");
  });

  it("keeps the manner: trailing commas, quotes, tabs and line breaks", () => {
    const text = "{\r\n\t'a': 'x',\r\n\t'b': {\r\n\t\t'c': 1,\r\n\t},\r\n}\r\n";
    expect(set(text, ["b", "d"], { e: "it's" })).to.equal(
      "{\r\n\t'a': 'x',\r\n\t'b': {\r\n\t\t'c': 1,\r\n\t\t'd': {\r\n\t\t\t'e': 'it\\'s'\r\n\t\t},\r\n\t},\r\n}\r\n",
    );
  });

  it("adds on the same line what is written on one line", () => {
    expect(set("{ a: { b: 1 } }", ["a", "c"], ["x"])).to.equal('{ a: { b: 1, c: ["x"] } }');
  });

  it("makes the objects on the way", () => {
    expect(parse(set("", ["agents", "defaults", "maxSteps"], 5))).to.deep.equal(
      parse("{agents: {defaults: {maxSteps: 5}}}"),
    );
  });

  it("keeps the comment of an empty object", () => {
    expect(set("{\n  gateway: {\n    // nothing yet\n  },\n}", ["gateway", "port"], 1)).to.equal(
      "{\n  gateway: {\n    // nothing yet\n    port: 1\n  },\n}",
    );
  });

  it("removes a line with its value, and no comment", () => {
    const text = "{\n  // about a\n  a: 1,\n  b: 2, // about b\n  c: 3,\n}\n";
    expect(set(text, ["a"], undefined)).to.equal("{\n  // about a\n  b: 2, // about b\n  c: 3,\n}\n");
    expect(set(text, ["b"], undefined)).to.equal("{\n  // about a\n  a: 1,\n  // about b\n  c: 3,\n}\n");
  });

  it("removes the last of a line with the comma before it", () => {
    expect(set("{a: 1, b: 2}", ["b"], undefined)).to.equal("{a: 1}");
    expect(set("{a: 1, b: 2}", ["a"], undefined)).to.equal("{b: 2}");
  });

  it("changes elements of a list, adds to it, and takes from it", () => {
    const text = '{ models: [\n  { id: "a" }, // first\n  { id: "b" }, // second\n] }';
    expect(set(text, ["models", 1, "id"], "c")).to.equal(text.replace('"b"', '"c"'));
    expect(parse(set(text, ["models", 2], { id: "d" }))).to.deep.equal(
      parse('{models: [{id: "a"}, {id: "b"}, {id: "d"}]}'),
    );
    expect(set(text, ["models", 0], undefined)).to.contain("// first");
  });

  it("changes an object only where it differs", () => {
    const text = "{ a: {\n  b: 1, // one\n  c: 2, // two\n} }";
    expect(set(text, ["a"], { b: 1, c: 3 })).to.equal(text.replace("c: 2", "c: 3"));
  });

  it("leaves the text alone when nothing changes", () => {
    const text = "{ a: 0x10, b: [ 1,2 ] }";
    expect(set(text, ["a"], 16)).to.equal(text);
    expect(set(text, ["b"], [1, 2])).to.equal(text);
    expect(set(text, ["c", "d"], undefined)).to.equal(text);
  });

  it("says what has no keys, and where a list ends", async () => {
    expect(await configErrorOf(() => set("{gateway: 5}", ["gateway", "port"], 1))).to.contain(
      "gateway: has no key port",
    );
    expect(await configErrorOf(() => set("{l: [1]}", ["l", 3], 1))).to.contain(
      "l[3]: is beyond the end of the list of 1",
    );
    expect(await configErrorOf(() => set("{}", ["a"], Number.NaN))).to.contain("which a file cannot hold");
  });

  it("does to random text what it would do to its value, and keeps every comment outside of what it replaces", function () {
    this.timeout(60_000);
    const random = new SeededRandom();
    for (let round = 0; round < 600; round += 1) {
      const value = randomObject(random, 4);
      const text = new RandomWriter(random).write(value);
      const edit = randomEdit(random, value);
      const about = `seed ${random.seed}, round ${round}: ${formatPath(edit.path)} = ${JSON.stringify(edit.value)} in\n${text}`;
      let edited = "";
      try {
        edited = editText(text, [edit]);
        expect(sameValue(parse(edited), applied(value, edit))).to.equal(true);
        expect(commentsOf(edited)).to.include.members(keptComments(text, edit));
      } catch (error) {
        throw new Error(`${about}\nbecame\n${edited}`, { cause: error });
      }
    }
  });
});

/** A change of something that is there, or of something new beside it. */
function randomEdit(random: SeededRandom, root: unknown): ConfigEdit {
  const path: (string | number)[] = [];
  let value = root;
  while (typeof value === "object" && value !== null) {
    const list: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
    const keys = list === undefined ? [...Object.keys(value), randomKey(random)] : [...list.keys(), list.length];
    const key = keys[random.between(0, keys.length - 1)] as string | number;
    path.push(key);
    value = Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    if (random.between(0, 3 - 1) === 0) break;
  }
  return { path, value: random.between(0, 4 - 1) === 0 ? undefined : randomValue(random, 3) };
}

function applied(root: unknown, { path, value }: ConfigEdit): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) {
    const copy = [...root];
    if (rest.length === 0 && value === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = applied(root[Number(key)], { path: rest, value });
    return copy;
  }
  const copy: Record<PropertyKey, unknown> = Object.assign(Object.create(null), root);
  if (rest.length === 0 && value === undefined) delete copy[key];
  else copy[key] = applied(copy[key], { path: rest, value });
  return copy;
}

function commentsOf(text: string): string[] {
  const parsed = new ParsedText(text);
  return parsed.commentsIn([0, text.length]).map((range) => text.slice(...range));
}

/** Those outside of the value that is replaced. */
function keptComments(text: string, { path }: ConfigEdit): string[] {
  const parsed = new ParsedText(text);
  let node = parsed.body;
  let item: Located = node;
  for (const key of path) {
    const below =
      node.type === "Array"
        ? node.elements[Number(key)]
        : node.type === "Object"
          ? node.members.find(({ name }) => (name.type === "Identifier" ? name.name : name.value) === key)
          : undefined;
    if (below === undefined) return commentsOf(text);
    item = below;
    node = below.value;
  }
  const [start, end] = parsed.rangeOf(item);
  return parsed
    .commentsIn([0, text.length])
    .filter((range) => range[1] <= start || range[0] >= end)
    .map((range) => text.slice(...range));
}
