import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CertificateError, loadCertificate } from "../../src/server/tls-certificate.ts";

const dayMs = 86_400_000;
const clock = { nowMs: () => Date.now() };

describe("the gateway's certificate", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "openclaw-tls-"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const generated = (): { kind: "generated"; folder: string } => ({ kind: "generated", folder: join(folder, "tls") });

  it("is made for this machine's names, in files only the owner reads", async () => {
    const { cert, fingerprint } = await loadCertificate(generated(), clock);
    const parsed = new X509Certificate(cert);
    expect(parsed.checkHost("localhost")).to.equal("localhost");
    expect(parsed.checkIP("127.0.0.1")).to.equal("127.0.0.1");
    expect(parsed.checkIP("::1")).to.equal("::1");
    expect(parsed.checkIssued(parsed)).to.equal(true);
    expect(fingerprint).to.equal(parsed.fingerprint256);
    for (const name of ["cert.pem", "key.pem"]) {
      expect((await stat(join(folder, "tls", name))).mode & 0o777).to.equal(0o600);
    }
    expect((await stat(join(folder, "tls"))).mode & 0o777).to.equal(0o700);
  });

  it("is the same at the next start", async () => {
    const first = await loadCertificate(generated(), clock);
    expect((await loadCertificate(generated(), clock)).fingerprint).to.equal(first.fingerprint);
  });

  it("is made anew before it runs out", async () => {
    const first = await loadCertificate(generated(), clock);
    const later = { nowMs: () => Date.now() + 800 * dayMs };
    const second = await loadCertificate(generated(), later);
    expect(second.fingerprint).not.to.equal(first.fingerprint);
    expect(new X509Certificate(second.cert).validToDate.getTime()).to.be.greaterThan(later.nowMs() + 800 * dayMs);
  });

  it("comes from the operator's files when there are some", async () => {
    const { cert, key, fingerprint } = await loadCertificate(generated(), clock);
    const [certPath, keyPath] = [join(folder, "own.crt"), join(folder, "own.key")];
    await writeFile(certPath, cert);
    await writeFile(keyPath, key);
    expect(await loadCertificate({ kind: "files", certPath, keyPath }, clock)).to.deep.equal({
      cert,
      key,
      fingerprint,
    });
  });

  it("is refused by name when a file is absent, damaged, or belongs to another key", async () => {
    await loadCertificate(generated(), clock);
    const certPath = join(folder, "tls", "cert.pem");
    const keyPath = join(folder, "tls", "key.pem");
    const refusal = async (source: { certPath: string; keyPath: string }): Promise<string> => {
      try {
        await loadCertificate({ kind: "files", ...source }, clock);
      } catch (error) {
        expect(error).to.be.instanceOf(CertificateError);
        return (error as Error).message;
      }
      throw new Error("nothing was refused");
    };
    expect(await refusal({ certPath: join(folder, "gone.pem"), keyPath })).to.contain("gone.pem cannot be read");
    expect(await refusal({ certPath: keyPath, keyPath })).to.contain("key.pem holds no PEM certificate");
    const otherKey = join(folder, "other.pem");
    const other = await loadCertificate({ kind: "generated", folder: join(folder, "other") }, clock);
    await writeFile(otherKey, other.key);
    expect(await refusal({ certPath, keyPath: otherKey })).to.contain("other.pem is not the key of");
    await writeFile(certPath, (await readFile(certPath, "utf8")).slice(0, 100));
    expect(await refusal({ certPath, keyPath })).to.contain("cert.pem holds no PEM certificate");
  });
});
