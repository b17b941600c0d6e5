/**
 * The program the conformance runner starts: it reads what kind of server is wanted, serves the suite's service through the
 * production port and request handler, and writes where. Only the gate is open: the suite has no credentials.
 *
 * Usage: node conformance-server.ts <image>, where the image is the suite's protos as `buf build` writes them.
 */

import { readFileSync } from "node:fs";
import {
  create,
  createFileRegistry,
  type DescMessage,
  type DescService,
  type FileRegistry,
  fromBinary,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { systemClock } from "../../src/lib/clock.ts";
import { showingLog } from "../../src/lib/log/json-log.ts";
import { callKey } from "../../src/server/call/call.ts";
import { type ErrorTranslator, toConnectError } from "../../src/server/failures.ts";
import { RequestGuard } from "../../src/server/guard/request-guard.ts";
import { Port } from "../../src/server/port/port.ts";
import { RequestHandler } from "../../src/server/request-handler.ts";
import { type CallGate, RpcServer } from "../../src/server/rpc-server.ts";
import { limitsWith } from "../../src/server/server-options.ts";
import { ConformanceHandlers } from "./conformance-service.ts";

interface CompatRequest {
  readonly useTls: boolean;
  readonly messageReceiveLimit: number;
  readonly serverCreds?: { readonly key: Uint8Array; readonly cert: Uint8Array };
}

const openGate: CallGate = {
  check: (context) => context.values.get(callKey)?.watch(context),
  release: () => {},
};

/**
 * The gateway adds a google.rpc.ErrorInfo to every error, and the suite wants exactly the details its request named. So the
 * gateway's own details are taken away again, here and nowhere else.
 */
const bareErrors: ErrorTranslator = {
  translate: (thrown) => {
    const error = toConnectError(thrown, log);
    error.details = error.details.filter(
      (detail) => !("desc" in detail && detail.desc.file.proto.package === "google.rpc"),
    );
    return error;
  },
};

const log = showingLog("warn", systemClock);
const registry = readRegistry(process.argv[2] ?? "");
const request = fromBinary(message(registry, "ServerCompatRequest"), readSized()) as unknown as CompatRequest;
const port = await serve(request);
writeSized(
  toBinary(
    message(registry, "ServerCompatResponse"),
    create(message(registry, "ServerCompatResponse"), {
      host: "127.0.0.1",
      port,
      pemCert: request.useTls ? request.serverCreds?.cert : undefined,
    }),
  ),
);

async function serve({ useTls, serverCreds, messageReceiveLimit }: CompatRequest): Promise<number> {
  const limits = limitsWith(messageReceiveLimit > 0 ? { sizes: { messageBytes: messageReceiveLimit } } : {});
  const service = registry.getService("connectrpc.conformance.v1.ConformanceService") as DescService;
  const rpc = new RpcServer({
    routes: (router) => router.service(service, new ConformanceHandlers(registry) as never),
    gate: openGate,
    limits,
    log,
    clock: systemClock,
    errors: bareErrors,
    anyTypes: registry,
  });
  const hosts = ["127.0.0.1"];
  const handler = new RequestHandler({
    guard: new RequestGuard(hosts, { allowedHosts: [], allowedOrigins: ["*"] }, limits.sizes.headerBytes),
    rpc,
    state: () => ({ state: "ready", reason: "" }),
    log,
  });
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const keyPair = useTls && serverCreds ? { key: text(serverCreds.key), cert: text(serverCreds.cert) } : undefined;
  const door = new Port({ limits, clock: systemClock, log });
  door.serve(handler.handle);
  const [address] = await door.listen({ hosts, port: 0 }, keyPair);
  return address?.port ?? 0;
}

function readRegistry(path: string): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(path)));
}

function message(from: FileRegistry, name: string): DescMessage {
  const desc = from.getMessage(`connectrpc.conformance.v1.${name}`);
  if (desc === undefined) throw new Error(`the image has no message ${name}`);
  return desc;
}

/** The one message on standard input; the runner closes it after that. */
function readSized(): Uint8Array {
  const input = readFileSync(0);
  return input.subarray(4, 4 + input.readUInt32BE(0));
}

function writeSized(bytes: Uint8Array): void {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.byteLength);
  process.stdout.write(Buffer.concat([size, bytes]));
}
