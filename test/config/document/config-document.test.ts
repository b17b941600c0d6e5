import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { configError } from "../../../src/config/config-error.ts";
import type { ChangeOptions } from "../../../src/config/document/commit-texts.ts";
import { ConfigDocument } from "../../../src/config/document/config-document.ts";
import { viewAt } from "../../../src/config/document/config-view.ts";
import type { ConfigEdit } from "../../../src/config/edit/edit-text.ts";
import { diffOfRevision } from "../../../src/config/history/revision-diff.ts";
import { filePlaces } from "../../support/fault-places.ts";
import { TestClock } from "../../support/test-clock.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const steps = (value: unknown): ConfigEdit => ({ path: ["agents", "defaults", "maxSteps"], value });

describe("ConfigDocument", function () {
  this.timeout(60_000);
  let home: ConfigHome;
  let document: ConfigDocument;

  beforeEach(() => {
    home = new ConfigHome();
    document = new ConfigDocument({ surroundings: { environment: {}, home: home.path }, clock: new TestClock() });
  });
  afterEach(() => home.remove());

  const write = (text: string, name = "openclaw.json"): string => home.write(`.openclaw/${name}`, text);
  const read = (name = "openclaw.json"): string => readFileSync(join(home.stateDir, name), "utf8");
  const change = (edits: readonly ConfigEdit[], options: Partial<ChangeOptions> = {}) =>
    document.change(() => edits, { author: "ada", ...options });

  it("writes a file that only its owner can read, whatever it was before", async () => {
    chmodSync(write("{}"), 0o644);
    await change([steps(1)]);
    expect(statSync(document.path).mode & 0o777).to.equal(0o600);
  });

  it("leaves nothing beside the file but copies", async () => {
    write("{}");
    await change([steps(1)]);
    await document.keepLastGood((await document.read()).loaded!);
    expect(readdirSync(home.stateDir).sort()).to.deep.equal([
      "config-history",
      "openclaw.json",
      "openclaw.json.last-good",
    ]);
    expect(read("openclaw.json.last-good")).to.equal(read());
  });

  it("refuses a symbolic link", async () => {
    mkdirSync(home.stateDir);
    symlinkSync(home.write("elsewhere.json", "{}"), document.path);
    expect(await configErrorOf(() => change([steps(1)]))).to.contain("is a symbolic link");
  });

  it("reads texts that cannot be used, and says which version they are", async () => {
    expect(await document.readTexts()).to.include({ etag: "absent", tree: undefined, problem: undefined });
    write("{ agents: 1 }");
    const { etag, tree } = await document.read();
    expect(await document.readTexts()).to.deep.include({ etag, problem: undefined });
    expect(tree?.files.map(({ text }) => text)).to.deep.equal(["{ agents: 1 }"]);
    write("{ agents");
    const { tree: none, problem } = await document.readTexts();
    expect([none, problem?.problems[0]?.subject]).to.deep.equal([undefined, "the file"]);
  });

  it("writes nothing, and remembers nothing, when nothing differs", async () => {
    write("{ agents: { defaults: { maxSteps: 1 } } }");
    const { revision } = await change([steps(1)]);
    expect(revision).to.equal(undefined);
    expect(existsSync(join(home.stateDir, "config-history"))).to.equal(false);
  });

  it("keeps what was refused, and only the newest few", async () => {
    write("{}");
    const clock = new TestClock();
    document = new ConfigDocument({ surroundings: { environment: {}, home: home.path }, clock });
    for (let round = 0; round < 7; round += 1) {
      clock.advance(1_000);
      await configErrorOf(() => change([steps(`wrong ${round}`)]));
    }
    const kept = readdirSync(home.stateDir).filter((name) => name.includes(".rejected."));
    expect(kept).to.have.length(5);
    expect(read(kept.sort().at(-1))).to.contain("wrong 6");
    expect(read()).to.equal("{}");
  });

  it("puts a wrong file right", async () => {
    write("{ agents: { defaults: { maxStep: 1 } }, logging: { level: 'loud' } }");
    await change([
      { path: ["agents", "defaults", "maxStep"], value: undefined },
      { path: ["logging", "level"], value: "info" },
    ]);
    expect((await document.read()).problem).to.equal(undefined);
  });

  it("remembers an edit by hand that came between", async () => {
    write("{}");
    await change([steps(1)]);
    write("{ /* mine */ }");
    await change([steps(2)]);
    const numbers = await document.revisions.numbers();
    const authors = await Promise.all(numbers.map(async (number) => (await document.revisions.find(number))?.author));
    expect(authors).to.deep.equal(["edit by hand", "ada", "edit by hand", "ada"]);
  });

  it("rolls back included files, too, and to where there was no file", async () => {
    await change([steps(1)]);
    write('{ agents: { $include: "agents.json5" } }');
    write("{ defaults: { maxSteps: 7 } } // mine", "agents.json5");
    await change([steps(8)]);
    expect(read("agents.json5")).to.equal("{ defaults: { maxSteps: 8 } } // mine");
    await document.rollBack(3, { author: "ada" });
    expect(read("agents.json5")).to.equal("{ defaults: { maxSteps: 7 } } // mine");
    await document.rollBack(1, { author: "ada" });
    expect(existsSync(document.path)).to.equal(false);
  });

  it("does not roll back to what is not kept, or could not be run today", async () => {
    write("{}");
    await change([steps(1)]);
    expect(await configErrorOf(() => document.rollBack(9, { author: "ada" }))).to.contain("revision 9: is not kept");
    const check = (): never => {
      throw configError("gateway.bind", "cannot be had on this machine");
    };
    const stricter = new ConfigDocument({ surroundings: document.surroundings, clock: document.clock, check });
    expect(await configErrorOf(() => stricter.rollBack(1, { author: "ada" }))).to.contain("cannot be had");
    expect(read()).to.contain("maxSteps");
  });

  it("changes what several files make only where that says what is meant", async () => {
    write("{ defaults: { maxSteps: 1 } }", "a.json5");
    write("{ defaults: { maxSteps: 2, timeoutSeconds: 9 } }", "b.json5");
    write('{ agents: { $include: ["a.json5", "b.json5"] } }');
    await change([steps(3)]);
    expect(read("b.json5")).to.contain("maxSteps: 3");
    expect(await configErrorOf(() => change([steps(undefined)]))).to.contain("is made of several files");
    expect(read("b.json5")).to.contain("maxSteps: 3");
  });

  it("shows diffs without secrets, comments included", async () => {
    write("{ gateway: { auth: { token: 'oc_tok_aaaaaaaa' } } } // token: 'oc_tok_bbbbbbbb'\n");
    await change([{ path: ["gateway", "auth", "token"], value: "oc_tok_cccccccc" }, steps(1)]);
    const revision = await document.revisions.newest();
    const diff = await diffOfRevision(document, revision!);
    expect(diff).not.to.contain("oc_tok_");
    expect(diff).to.contain("(secret, after the change)").and.contain("maxSteps");
    expect(JSON.stringify(await viewAt(await document.read(), [], true))).not.to.contain("oc_tok_");
  });

  it("lets concurrent writers go one after the other, none undone", async () => {
    write("{}");
    const keys = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(
      keys.map((key) =>
        new ConfigDocument({ surroundings: document.surroundings, clock: document.clock }).change(
          () => [{ path: ["models", "providers", key], value: {} }],
          { author: key },
        ),
      ),
    );
    const { loaded } = await document.read();
    expect(Object.keys(loaded!.config.models.providers).sort()).to.deep.equal(keys.sort());
  });

  describe("in a process that dies", function () {
    this.timeout(60_000);

    async function run(...words: string[]): Promise<number | string> {
      const child = spawn(process.execPath, [join(import.meta.dirname, "change-program.ts"), ...words], {
        env: { PATH: process.env.PATH, HOME: home.path },
        stdio: ["ignore", "ignore", "inherit"],
      });
      const [code, signal] = await once(child, "exit");
      return code ?? signal;
    }

    const before = "{ // mine\n  agents: { defaults: { maxSteps: 1 } } }\n";
    const after = before.replace("1", "2");
    /** What a change writes, one after the other. */
    const writes = ["what was there", "what is meant", "the file", "what is there"];

    for (const [index, what] of writes.entries()) {
      // The write that matters is cut at every place, the others at the one where most is half done.
      for (const place of index === 2 ? filePlaces : ["file.draft-synced"]) {
        it(`at ${place} of ${what}: the file is the old one or the new one, and the next change goes on from it`, async () => {
          write(before);
          expect(await run("2", `${place}:${index + 1}`)).to.equal("SIGKILL");
          const written = index > 2 || (index === 2 && ["file.renamed", "file.folder-synced"].includes(place));
          expect(read()).to.equal(written ? after : before);
          const reading = await document.read();
          expect(reading.problem).to.equal(undefined);
          await document.remember(reading.loaded!);
          const newest = await document.revisions.newest();
          expect(newest?.etag).to.equal(reading.etag);
          expect(newest?.author).to.equal(written ? "program" : "edit by hand");
          await change([steps(3)]);
          expect(read()).to.equal(before.replace("1", "3"));
        });
      }
    }

    it("passes every place there is", async () => {
      write(before);
      expect(await run("2", `file.folder-synced:${writes.length + 1}`)).to.equal(0);
      expect(read()).to.equal(after);
    });
  });
});
