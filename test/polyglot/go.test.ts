/** Go clients: grpc-go and connect-go with code generated from proto/, in every protocol, over HTTP/1.1, h2c and TLS. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { runClient } from "./client-program.ts";
import { type Address, type Gateways, startGateways } from "./gateways.ts";
import { type Findings, provesTheScenario, taskOf } from "./scenario.ts";
import { cachedFolder, findProgram, install, protoFiles, repository, runProgram, sourceFiles } from "./toolchain.ts";

const sources = "test/polyglot/go";

/** Which client, as main.go names it, calls which gateway. */
const clients: readonly { client: string; over: "plain" | "tls"; title: string }[] = [
  { client: "grpc-go", over: "plain", title: "grpc-go over cleartext HTTP/2" },
  { client: "grpc-go", over: "tls", title: "grpc-go over TLS" },
  { client: "connect-h1", over: "plain", title: "connect-go, Connect with GET, over HTTP/1.1" },
  { client: "connect-h2", over: "plain", title: "connect-go, Connect with GET, over cleartext HTTP/2" },
  { client: "connect-h2", over: "tls", title: "connect-go, Connect with GET, over TLS" },
  { client: "connect-h1", over: "tls", title: "connect-go, Connect with GET, over TLS and HTTP/1.1" },
  { client: "grpc-h2", over: "plain", title: "connect-go, gRPC, over cleartext HTTP/2" },
  { client: "grpc-h2", over: "tls", title: "connect-go, gRPC, over TLS" },
  { client: "grpcweb-h1", over: "plain", title: "connect-go, gRPC-Web, over HTTP/1.1" },
  { client: "grpcweb-h2", over: "plain", title: "connect-go, gRPC-Web, over cleartext HTTP/2" },
  { client: "grpcweb-h2", over: "tls", title: "connect-go, gRPC-Web, over TLS" },
];

describe("Go clients", () => {
  let gateways: Gateways | undefined;
  let findings: readonly Findings[];

  before(async function () {
    this.timeout(300_000);
    const go = await findProgram("go");
    if (go === undefined) return this.skip();
    const plugins = await install("the Go modules of the clients", () => installPlugins(go));
    if (plugins === undefined) return this.skip();
    const program = join(await buildClient(go, plugins), "client");
    gateways = await startGateways();
    const { plain, tls } = gateways;
    const run = ({ client, over }: (typeof clients)[number]): Promise<Findings> => {
      const address: Address = over === "plain" ? plain : tls;
      return runClient({ program, args: [client] }, taskOf(`${client}-${over}`, address));
    };
    findings = await Promise.all(clients.map(run));
  });
  after(() => gateways?.stop());

  clients.forEach(({ client, over, title }, index) => {
    describe(title, () => {
      provesTheScenario(() => findings[index] ?? new Map(), `${client}-${over}`);
    });
  });
});

/** Downloads the modules go.mod pins and builds the generators among them. */
function installPlugins(go: string): Promise<string> {
  const files = [join(sources, "go.mod"), join(sources, "go.sum")];
  const fill = async (folder: string): Promise<void> => {
    const cwd = join(repository, sources);
    await runProgram(go, ["mod", "download"], { cwd });
    await runProgram(go, ["install", "tool"], { cwd, environment: { GOBIN: folder } });
  };
  return cachedFolder({ name: "go-plugins", files, facts: [], fill });
}

/** Generates code from proto/ and builds the client with it; built again only when one of both changed. */
async function buildClient(go: string, plugins: string): Promise<string> {
  const files = [...(await sourceFiles(sources)), ...(await protoFiles())];
  const fill = async (folder: string): Promise<void> => {
    const module = await mkdtemp(join(tmpdir(), "openclaw-go-"));
    try {
      await cp(join(repository, sources), module, { recursive: true });
      const template = ["--template", join(module, "buf.gen.yaml"), "--output", module, "--path", "proto/openclaw"];
      const environment = { PATH: `${plugins}${delimiter}${process.env.PATH}` };
      const buf = join(repository, "node_modules", ".bin", "buf");
      await runProgram(buf, ["generate", ...template], { cwd: repository, environment });
      await runProgram(go, ["build", "-trimpath", "-o", join(folder, "client"), "."], { cwd: module });
    } finally {
      await rm(module, { recursive: true });
    }
  };
  return cachedFolder({ name: "go-client", files, facts: [basename(plugins)], fill });
}
