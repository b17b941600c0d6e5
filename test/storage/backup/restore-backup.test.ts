import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { type Restored, type RestoreOptions, restoreBackup } from "../../../src/storage/backup/restore-backup.ts";
import { newestSchema, verifyBackup } from "../../../src/storage/backup/verify-backup.ts";
import { BackupKit, type Entry, headEntry, manifestEntry } from "../../support/backup-kit.ts";

const token: Entry = { name: "state/gateway.token", text: "token" };

/** Some bits mean nothing: those after the end of packed bytes, or which of two equal stretches is repeated. */
function unpacksTo(packed: Buffer, plain: Buffer): boolean {
  try {
    return gunzipSync(packed).equals(plain);
  } catch {
    return false;
  }
}

describe("restoring a backup", () => {
  let kit: BackupKit;
  let stateDir: string;
  beforeEach(() => {
    kit = new BackupKit();
    stateDir = join(kit.folder, "state");
  });
  afterEach(() => kit.remove());

  const restore = (path: string, options: Partial<RestoreOptions> = {}): Promise<Restored> =>
    restoreBackup({
      path,
      stateDir,
      configPath: join(stateDir, "openclaw.json"),
      workspaceOf: async () => join(stateDir, "workspace"),
      force: false,
      stamp: "then",
      signal: new AbortController().signal,
      ...options,
    });
  const whole = (...entries: Entry[]) => kit.archive([headEntry(), ...entries, manifestEntry(entries)]);
  const failure = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(() => undefined).catch((thrown: Error) => thrown);
    expect(error?.name).to.equal("BackupError");
    return error?.message ?? "";
  };
  /** The archive is refused by `verify` and by `restore`, which leaves nothing behind. */
  const refused = async (path: string): Promise<string> => {
    const said = await failure(verifyBackup(path));
    expect(await failure(restore(path))).to.equal(said);
    expect(readdirSync(kit.folder).filter((name) => name.startsWith("state"))).to.deep.equal([]);
    return said;
  };

  it("puts files where they were, for their owner alone", async () => {
    const { places, movedAside } = await restore(await whole(token, { name: "config/openclaw.json", text: "{}" }));
    expect(readFileSync(join(stateDir, "gateway.token"), "utf8")).to.equal("token");
    expect(readFileSync(places.configPath, "utf8")).to.equal("{}");
    expect(statSync(stateDir).mode & 0o777).to.equal(0o700);
    expect(statSync(join(stateDir, "gateway.token")).mode & 0o777).to.equal(0o600);
    expect(movedAside).to.deep.equal([]);
  });

  it("puts a configuration and a workspace outside of the state folder where they belong", async () => {
    const configPath = join(kit.folder, "etc", "gateway.json5");
    const workspace = join(kit.folder, "work");
    const entries = [token, { name: "config/openclaw.json", text: "{}" }, { name: "config/models.json", text: "[]" }];
    const path = await whole(...entries, { name: "workspace/a/b.md", text: "hello" });
    await restore(path, { configPath, workspaceOf: async () => workspace });
    expect(readFileSync(configPath, "utf8")).to.equal("{}");
    expect(readFileSync(join(kit.folder, "etc", "models.json"), "utf8")).to.equal("[]");
    expect(readFileSync(join(workspace, "a", "b.md"), "utf8")).to.equal("hello");
    expect(readdirSync(stateDir)).to.deep.equal(["gateway.token"]);
  });

  it("goes on beside what a restore left that died, whatever number its process had", async () => {
    const left = `${stateDir}.restoring-${process.pid}`;
    mkdirSync(left);
    await restore(await whole(token));
    expect(readdirSync(stateDir)).to.deep.equal(["gateway.token"]);
    expect(readdirSync(kit.folder).filter((name) => name.includes("restoring"))).to.deep.equal([basename(left)]);
  });

  it("refuses a folder with something in it, and changes nothing", async () => {
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, "mine"), "mine");
    expect(await failure(restore(await whole(token)))).to.contain(`something is there already: ${stateDir}`);
    expect(readdirSync(stateDir)).to.deep.equal(["mine"]);
  });

  it("with force, keeps under another name what was there", async () => {
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, "mine"), "mine");
    const { movedAside } = await restore(await whole(token), { force: true });
    expect(movedAside).to.deep.equal([`${stateDir}.before-restore-then`]);
    expect(readFileSync(join(`${stateDir}.before-restore-then`, "mine"), "utf8")).to.equal("mine");
    expect(readdirSync(stateDir)).to.deep.equal(["gateway.token"]);
  });

  it("with force, leaves what is there alone when the backup is damaged", async () => {
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, "mine"), "mine");
    const path = await kit.archive([headEntry(), token]);
    await failure(restore(path, { force: true }));
    expect(readdirSync(stateDir)).to.deep.equal(["mine"]);
  });

  it("fills a disk that is mounted at the state folder, and does not try to move one aside", async function () {
    mkdirSync(stateDir);
    if (spawnSync("mount", ["-t", "tmpfs", "none", stateDir]).status !== 0) return this.skip();
    try {
      await restore(await whole(token, { name: "workspace/a/b", text: "b" }));
      expect(readFileSync(join(stateDir, "workspace", "a", "b"), "utf8")).to.equal("b");
      expect(await failure(restore(await whole(token), { force: true }))).to.contain("a disk is mounted here");
      expect(readFileSync(join(stateDir, "gateway.token"), "utf8")).to.equal("token");
    } finally {
      spawnSync("umount", [stateDir]);
    }
  });

  it("fills an empty folder that is there already", async () => {
    mkdirSync(stateDir, { mode: 0o755 });
    await restore(await whole(token));
    expect(readFileSync(join(stateDir, "gateway.token"), "utf8")).to.equal("token");
    expect(statSync(stateDir).mode & 0o777).to.equal(0o700);
  });

  it("fills the empty folder that a link at the state folder leads to", async () => {
    const elsewhere = join(kit.folder, "disk", "openclaw");
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, stateDir);
    await restore(await whole(token));
    expect(readdirSync(elsewhere)).to.deep.equal(["gateway.token"]);
    expect(lstatSync(stateDir).isSymbolicLink()).to.equal(true);
  });

  it("refuses a workspace that is in use", async () => {
    const workspace = join(kit.folder, "work");
    mkdirSync(workspace);
    writeFileSync(join(workspace, "mine"), "mine");
    const path = await whole(token, { name: "workspace/a", text: "a" });
    expect(await failure(restore(path, { workspaceOf: async () => workspace }))).to.contain(workspace);
    expect(existsSync(stateDir)).to.equal(false);
    expect(readdirSync(workspace)).to.deep.equal(["mine"]);
  });

  for (const name of [
    "state/../../evil",
    "/etc/evil",
    "state//evil",
    "state/./evil",
    "evil",
    "state",
    "../evil",
    "state/a\\b",
    "elsewhere/a",
  ]) {
    it(`refuses a file named ${name}`, async () => {
      expect(await refused(await whole({ name, text: "evil" }))).to.contain("no place a backup has files at");
      expect(existsSync(join(kit.folder, "evil"))).to.equal(false);
    });
  }

  for (const type of ["symlink", "link", "directory"] as const) {
    it(`refuses a ${type}`, async () => {
      const entry: Entry = { name: "state/a", type, ...(type === "directory" ? {} : { linkname: "/etc/passwd" }) };
      expect(await refused(await kit.archive([headEntry(), entry]))).to.contain("plain files only");
    });
  }

  it("refuses a file that comes twice", async () => {
    await refused(await kit.archive([headEntry(), token, token, manifestEntry([token])]));
  });

  it("refuses a file that is not what the list says", async () => {
    const other = { ...token, text: "other" };
    expect(await refused(await kit.archive([headEntry(), other, manifestEntry([token])]))).to.contain("was changed");
  });

  it("refuses an archive that lacks a file", async () => {
    expect(await refused(await kit.archive([headEntry(), manifestEntry([token])]))).to.contain("is missing");
  });

  it("refuses a file that is not on the list", async () => {
    await refused(await kit.archive([headEntry(), token, manifestEntry([])]));
  });

  it("refuses what follows the list", async () => {
    await refused(await kit.archive([headEntry(), manifestEntry([]), token]));
  });

  it("refuses an archive without a list", async () => {
    expect(await refused(await kit.archive([headEntry(), token]))).to.contain("ends too early");
  });

  it("refuses a store of a newer program, naming its version", async () => {
    const head = headEntry({ schema: newestSchema() + 1, version: "9.9.9" });
    expect(await refused(await kit.archive([head, manifestEntry([])]))).to.contain("9.9.9");
  });

  it("refuses a layout of a newer program", async () => {
    await refused(await kit.archive([headEntry({ format: 2 }), manifestEntry([])]));
  });

  it("refuses an archive of something else", async () => {
    expect(await refused(await kit.archive([{ name: "README.md", text: "hello" }]))).to.contain(
      "no backup of a gateway",
    );
  });

  it("refuses a store that is damaged", async () => {
    const store = { name: "state/openclaw.db", text: "SQLite format 3\0 but not really".padEnd(8_192, "x") };
    expect(await refused(await whole(store))).to.contain("damaged");
  });

  it("refuses an archive that was cut off, wherever that is", async () => {
    const path = await whole(token, {
      name: "workspace/noise",
      text: Array.from({ length: 5_000 }, Math.random).join(),
    });
    const bytes = readFileSync(path);
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const cut = kit.path("cut");
      writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * share)));
      await refused(cut);
    }
  });

  it("refuses an archive in which a bit was flipped, wherever that is", async () => {
    const path = await whole(token, { name: "workspace/noise", text: Array.from({ length: 500 }, Math.random).join() });
    const bytes = readFileSync(path);
    for (let place = 20; place < bytes.length; place += Math.ceil(bytes.length / 40)) {
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ 0x10;
      if (unpacksTo(flipped, gunzipSync(bytes))) continue;
      const other = kit.path("flipped");
      writeFileSync(other, flipped);
      await refused(other);
    }
  });

  it("says that there is no such file", async () => {
    expect(await refused(kit.path("absent"))).to.contain("there is no file");
  });
});
