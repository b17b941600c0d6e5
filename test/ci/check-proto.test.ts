import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const project = resolve(import.meta.dirname, "../..");
const service = "proto/openclaw/gateway/v1/run.proto";

/** A repository with the contract of this one, as of now. */
class Repository {
  readonly path = mkdtempSync(join(tmpdir(), "openclaw-contract-"));

  constructor() {
    for (const name of ["proto", "gen", "buf.yaml", "buf.gen.yaml"]) {
      cpSync(join(project, name), join(this.path, name), { recursive: true });
    }
    symlinkSync(join(project, "node_modules"), join(this.path, "node_modules"));
    writeFileSync(join(this.path, ".gitignore"), "node_modules\n");
    this.git("init", "--quiet", "--initial-branch=work");
  }

  git(...args: string[]): void {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"];
    execFileSync("git", [...identity, ...args], { cwd: this.path, stdio: "ignore" });
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
  }

  edit(path: string, change: (text: string) => string): void {
    const absolute = join(this.path, path);
    const before = readFileSync(absolute, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${path} did not change`);
    writeFileSync(absolute, after);
  }

  check(...names: string[]): { ok: boolean; output: string } {
    const child = spawnSync(process.execPath, [join(project, ".ci/check-proto.ts"), ...names], {
      cwd: this.path,
      encoding: "utf8",
    });
    return { ok: child.status === 0, output: child.stdout + child.stderr };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const renameField = (text: string) => text.replace(/string name = 1;/, "string title = 1;");

describe("check:proto", () => {
  let repository: Repository;

  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  it("passes on the contract as it is", () => {
    repository.commit("contract");
    expect(repository.check()).to.deep.include({ ok: true });
  });

  it("fails when the protos break the style", () => {
    repository.edit(service, (text) => text.replace(/\/\/.*\n/g, ""));
    const { ok, output } = repository.check("lint");
    expect(ok).to.equal(false);
    expect(output).to.match(/run\.proto:\d+:\d+:.*comment/);
  });

  it("fails when the protos are not formatted", () => {
    repository.edit(service, (text) => text.replace("  string name", "      string name"));
    const { ok, output } = repository.check("format");
    expect(ok).to.equal(false);
    expect(output).to.contain("-      string name");
  });

  it("fails when gen/ is not what the protos generate, and leaves it alone", () => {
    const generated = "gen/openclaw/gateway/v1/run_pb.ts";
    repository.edit(generated, (text) => `${text}// edited\n`);
    const before = readFileSync(join(repository.path, generated), "utf8");
    const { ok, output } = repository.check("generated");
    expect(ok).to.equal(false);
    expect(output).to.contain("gen/ is not what proto/ generates; run: npm run generate");
    expect(readFileSync(join(repository.path, generated), "utf8")).to.equal(before);
  });

  it("says that the first commit has nothing to compare with", () => {
    repository.commit("contract");
    const { ok, output } = repository.check("breaking");
    expect(ok).to.equal(true);
    expect(output).to.contain("nothing to compare with");
  });

  it("says that a shallow clone has nothing to compare with", () => {
    repository.commit("contract");
    repository.edit(service, renameField);
    repository.commit("contract: rename");
    const shallow = new Repository();
    try {
      rmSync(join(shallow.path, ".git"), { recursive: true });
      repository.git(
        "clone",
        "--quiet",
        "--depth=1",
        "--bare",
        `file://${repository.path}`,
        join(shallow.path, ".git"),
      );
      shallow.git("config", "core.bare", "false");
      shallow.git("reset", "--quiet", "--hard");
      const { ok, output } = shallow.check("breaking");
      expect(ok).to.equal(true);
      expect(output).to.contain("nothing to compare with");
    } finally {
      shallow.remove();
    }
  });

  it("fails when a change that is not committed breaks clients", () => {
    repository.commit("contract");
    repository.edit(service, renameField);
    const { ok, output } = repository.check("breaking");
    expect(ok).to.equal(false);
    expect(output)
      .to.match(/changed name from "name" to "title"/)
      .and.to.contain("would break");
  });

  it("fails when the newest commit of the protos breaks clients, whatever came after it", () => {
    repository.commit("contract");
    repository.edit(service, renameField);
    repository.commit("contract: rename");
    repository.commit("something else");
    expect(repository.check("breaking")).to.deep.include({ ok: false });
  });

  it("compares a branch with where it left main", () => {
    repository.commit("contract");
    repository.git("branch", "main");
    repository.edit(service, renameField);
    repository.commit("contract: rename");
    repository.edit(service, (text) => `${text}// A harmless change.\n`);
    repository.commit("contract: comment");
    expect(repository.check("breaking")).to.deep.include({ ok: false });
  });

  it("lets a change pass that says why it breaks clients", () => {
    repository.commit("contract");
    repository.edit(service, renameField);
    repository.commit("contract: rename\n\nBreaking-Contract: nobody uses v1 yet");
    const { ok, output } = repository.check("breaking");
    expect(ok).to.equal(true);
    expect(output).to.contain("allowed, because: nobody uses v1 yet");
  });

  it("lets a new field pass", () => {
    repository.commit("contract");
    repository.edit(service, (text) =>
      text.replace(/string name = 1;/, "string name = 1;\n  string extra_text = 999;"),
    );
    expect(repository.check("breaking")).to.deep.include({ ok: true });
  });

  it("names the checks there are when asked for another", () => {
    const { ok, output } = repository.check("linting");
    expect(ok).to.equal(false);
    expect(output).to.contain("there are lint, format, breaking, generated");
  });
});
