import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Failure } from "../../src/core/errors.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type CertificateSource, loadCertificate } from "../../src/server/tls-certificate.ts";

const dayMs = 24 * 60 * 60_000;

describe("loadCertificate", () => {
  let folder: string;
  let source: CertificateSource;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tls-"));
    source = { kind: "generated", folder: join(folder, "tls") };
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("makes a certificate for loopback, good for more than a year's worth of use", async () => {
    const { cert, fingerprint } = await loadCertificate(source, systemClock);
    const parsed = new X509Certificate(cert);
    expect(parsed.checkHost("localhost")).to.equal("localhost");
    expect(parsed.checkIP("127.0.0.1")).to.equal("127.0.0.1");
    expect(parsed.checkIP("::1")).to.equal("::1");
    expect(fingerprint).to.equal(parsed.fingerprint256);
    expect(Date.parse(parsed.validTo) - Date.now()).to.be.within(390 * dayMs, 398 * dayMs);
  });

  it("keeps key and certificate where only their owner can read them", async () => {
    await loadCertificate(source, systemClock);
    for (const file of ["key.pem", "cert.pem"]) {
      expect((await stat(join(folder, "tls", file))).mode & 0o777, file).to.equal(0o600);
    }
    expect((await stat(join(folder, "tls"))).mode & 0o777).to.equal(0o700);
  });

  it("serves the same certificate after a restart", async () => {
    const first = await loadCertificate(source, systemClock);
    expect(await loadCertificate(source, systemClock)).to.deep.equal(first);
  });

  it("makes a new certificate when the old one ends within a month", async () => {
    const first = await loadCertificate(source, systemClock);
    const later = { nowMs: () => Date.now() + 370 * dayMs };
    const second = await loadCertificate(source, later);
    expect(second.fingerprint).not.to.equal(first.fingerprint);
    expect(Date.parse(new X509Certificate(second.cert).validTo)).to.be.above(later.nowMs() + 300 * dayMs);
  });

  it("makes a new pair when key and certificate do not match", async () => {
    const first = await loadCertificate(source, systemClock);
    const other = await loadCertificate({ kind: "generated", folder: join(folder, "other") }, systemClock);
    await writeFile(join(folder, "tls", "key.pem"), other.key);
    expect((await loadCertificate(source, systemClock)).fingerprint).not.to.equal(first.fingerprint);
  });

  it("loads an operator's files and leaves them alone", async () => {
    const made = await loadCertificate(source, systemClock);
    const files = { certPath: join(folder, "tls", "cert.pem"), keyPath: join(folder, "tls", "key.pem") };
    expect(await loadCertificate({ kind: "files", ...files }, { nowMs: () => Date.now() + 500 * dayMs })).to.deep.equal(
      made,
    );
    expect(await readFile(files.keyPath, "utf8")).to.equal(made.key);
  });

  it("names both files when an operator's key is not the certificate's", async () => {
    await loadCertificate(source, systemClock);
    const other = await loadCertificate({ kind: "generated", folder: join(folder, "other") }, systemClock);
    const [certPath, keyPath] = [join(folder, "tls", "cert.pem"), join(folder, "other.pem")];
    await writeFile(keyPath, other.key);
    const failure = await loadCertificate({ kind: "files", certPath, keyPath }, systemClock).catch((error) => error);
    expect(failure).to.be.instanceOf(Failure);
    expect(failure.message).to.include(certPath).and.include(keyPath).and.include("the key is not the certificate's");
  });
});
