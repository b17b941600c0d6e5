import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { GatewayClient } from "../../../src/client/gateway-client.ts";
import { uploadFile } from "../../../src/client/upload-file.ts";
import { restoreBackup } from "../../../src/storage/backup/restore-backup.ts";
import { verifyBackup } from "../../../src/storage/backup/verify-backup.ts";
import { CredentialFiles } from "../../../src/storage/channel/credential-files.ts";
import { BackupKit, headEntry, manifestEntry } from "../../support/backup-kit.ts";
import { CoreKit, CoreKits } from "../../support/core-kit.ts";

const content = new Uint8Array(randomBytes(300_000));
const hash = createHash("sha256").update(content).digest("hex");

async function download(client: GatewayClient, name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const { chunk } of client.blobs.downloadBlob({ name })) pieces.push(chunk);
  return Buffer.concat(pieces);
}

describe("a backup of a gateway with files and channel credentials", function () {
  this.timeout(60_000);
  const kits = new CoreKits();
  let kit: CoreKit;
  let backups: BackupKit;
  beforeEach(async () => {
    backups = new BackupKit();
    kit = await kits.open();
  });
  afterEach(async () => {
    await kits.close();
    backups.remove();
  });

  const blobPath = (stateDir: string): string => join(stateDir, "blobs", hash.slice(0, 2), hash);
  const restoreInto = (stateDir: string, path: string) =>
    restoreBackup({
      path,
      stateDir,
      configPath: join(stateDir, "openclaw.json"),
      workspaceOf: async () => join(stateDir, "workspace"),
      force: false,
      stamp: "then",
      signal: new AbortController().signal,
    });
  /** A message that carries the file. */
  const sendFile = async (): Promise<void> => {
    const attachment = await uploadFile(kit.client.blobs, { content, fileName: "cat.bin" });
    const parts = [{ kind: { case: "attachment" as const, value: attachment } }];
    const { run } = await kit.client.runs.createRun({ parent: "sessions/main", parts });
    await kit.ended(run?.name ?? "");
  };
  const failure = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => new Error("it did not fail"),
      (thrown: Error) => thrown,
    );
    expect(error.name, error.message).to.equal("BackupError");
    return error.message;
  };

  it("restored where nothing was, has the file byte for byte, and the credentials for their owner alone", async () => {
    await sendFile();
    await new CredentialFiles(kit.stateDir).save("channels/matrix:work", "a session");
    const { path } = await backups.receive(kit.client);
    await verifyBackup(path);
    const copy = new CoreKit({});
    try {
      await restoreInto(copy.stateDir, path);
      await copy.start();
      expect(Buffer.compare(await download(copy.client, `blobs/${hash}`), content)).to.equal(0);
      const credentials = new CredentialFiles(copy.stateDir);
      expect(await credentials.load("channels/matrix:work")).to.equal("a session");
      const file = join(copy.stateDir, "credentials", "matrix@work.json");
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    } finally {
      await copy.close();
    }
  });

  it("has no upload that is not finished, and no credentials that are being written", async () => {
    await kit.client.blobs.uploadBlob({
      name: `blobs/${hash}`,
      sizeBytes: 300_000n,
      offset: 0n,
      chunk: content.subarray(0, 9),
    });
    mkdirSync(join(kit.stateDir, "credentials"), { recursive: true });
    writeFileSync(join(kit.stateDir, "credentials", "irc.json.12.tmp"), "half");
    writeFileSync(join(kit.stateDir, "credentials", ".irc.json.0123456789ab.draft"), "half");
    const { files } = await verifyBackup((await backups.receive(kit.client)).path);
    expect(files.map((file) => file.path)).to.deep.equal(["state/openclaw.db"]);
  });

  it("of a file that was damaged on the disk does not verify, and restores everything else", async () => {
    await sendFile();
    writeFileSync(blobPath(kit.stateDir), "damaged");
    const { path } = await backups.receive(kit.client);
    expect(await failure(verifyBackup(path))).to.contain(`blobs/${hash} was damaged already`);
    const target = backups.path("target");
    const { manifest } = await restoreInto(target, path);
    expect(manifest.warnings.join()).to.contain(`blobs/${hash} was damaged already`);
    expect(readFileSync(blobPath(target), "utf8")).to.equal("damaged");
  });

  it("without a file that messages refer to does not verify, and says which when it is restored", async () => {
    await sendFile();
    rmSync(blobPath(kit.stateDir));
    const { path } = await backups.receive(kit.client);
    expect(await failure(verifyBackup(path))).to.contain(`blobs/${hash} is missing`);
    const target = backups.path("target");
    expect((await restoreInto(target, path)).manifest.warnings.join()).to.contain("is missing");
    expect(existsSync(join(target, "openclaw.db"))).to.equal(true);
  });

  it("without a file nothing refers to verifies", async () => {
    await uploadFile(kit.client.blobs, { content, fileName: "cat.bin" });
    rmSync(dirname(blobPath(kit.stateDir)), { recursive: true });
    expect((await verifyBackup((await backups.receive(kit.client)).path)).warnings).to.deep.equal([]);
  });

  it("whose list agrees with bytes that are not the blob's does not verify", async () => {
    const forged = { name: `state/blobs/${hash.slice(0, 2)}/${hash}`, text: "something else" };
    const path = await backups.archive([headEntry(), forged, manifestEntry([forged])]);
    expect(await failure(verifyBackup(path))).to.contain(`blobs/${hash} was damaged`);
  });
});
