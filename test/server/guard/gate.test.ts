import { readdir } from "node:fs/promises";
import { create, createFileRegistry, type DescService, hasOption, setExtension } from "@bufbuild/protobuf";
import {
  EmptySchema,
  FileDescriptorSetSchema,
  file_google_protobuf_empty,
  type MethodOptions,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import { Health } from "../../../gen/health/v1/health_pb.ts";
import { type MethodPolicy, MethodPolicySchema, policy, Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { callerKey } from "../../../src/server/caller-key.ts";
import { startTestServer, type TestServer, testToken } from "../../support/test-server.ts";
import { failureOf, protocols, wires } from "../../support/wires.ts";

const auth = { mode: "token", secret: testToken } as const;
const authorization = `Bearer ${testToken}`;

/** A client of a service that is known by its descriptor alone. */
type DynamicClient = Record<
  "forgotten" | "empty" | "open" | "reading" | "ofNodes",
  (request: object) => Promise<object>
>;

/** A service "test.Policies" with one unary method for every policy. */
function serviceWith(policies: Record<string, MethodPolicy | undefined>): DescService {
  const method = Object.entries(policies).map(([name, wanted]) => ({
    name,
    inputType: `.${EmptySchema.typeName}`,
    outputType: `.${EmptySchema.typeName}`,
    options: wanted === undefined ? undefined : optionsWith(wanted),
  }));
  const file = {
    name: "test/policies.proto",
    package: "test",
    syntax: "proto3",
    dependency: [file_google_protobuf_empty.proto.name],
    service: [{ name: "Policies", method }],
  };
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, { file: [file_google_protobuf_empty.proto, file] }),
  );
  return registry.getService("test.Policies")!;
}

function optionsWith(wanted: MethodPolicy): MethodOptions {
  const options = create(MethodOptionsSchema);
  setExtension(options, policy, wanted);
  return options;
}

describe("the gate", () => {
  const policies = {
    Forgotten: undefined,
    Empty: create(MethodPolicySchema),
    Open: create(MethodPolicySchema, { anonymous: true }),
    Reading: create(MethodPolicySchema, { scope: Scope.READ }),
    OfNodes: create(MethodPolicySchema, { scope: Scope.NODE }),
  };
  const service = serviceWith(policies);
  let server: TestServer;
  let callers: Record<string, string>;

  beforeEach(async () => {
    callers = {};
    const handlers = service.methods.map(({ localName, name }) => [
      localName,
      (_: unknown, { values }: { values: { get(key: typeof callerKey): { principal: string } } }) => {
        callers[name] = values.get(callerKey).principal;
        return {};
      },
    ]);
    const routes = {
      routes: (router: { service(...all: unknown[]): unknown }) =>
        router.service(service, Object.fromEntries(handlers)),
    };
    server = await startTestServer({ auth, limits: { counts: { anonymousStreams: 2 } } }, routes as never);
  });

  afterEach(() => server.stop());

  for (const wire of protocols) {
    describe(`for ${wire.name}`, () => {
      const client = (credential?: string): DynamicClient =>
        createClient(service, wire.transport({ baseUrl: server.url, authorization: credential })) as never;

      for (const method of ["forgotten", "empty"] as const) {
        it(`lets nobody call a method whose policy is ${method}, and runs nothing`, async () => {
          const told = await failureOf(client(authorization)[method]({}));
          expect(told).to.deep.include({ code: Code.PermissionDenied, reasons: ["SCOPE_MISSING"] });
          expect(callers).to.deep.equal({});
        });
      }

      it("lets everybody call an open method, as the anonymous caller", async () => {
        await client().open({});
        await client("Bearer wrong").open({});
        expect(callers).to.deep.equal({ Open: "anonymous" });
      });

      it("tells a caller which scope is missing and which it holds", async () => {
        const told = await failureOf(client(authorization).ofNodes({}));
        expect(told).to.deep.include({ code: Code.PermissionDenied, reasons: ["SCOPE_MISSING"] });
        expect(told.metadata).to.deep.equal({ required: "NODE", held: "READ,WRITE,APPROVE,PAIR,ADMIN" });
        expect(callers).to.deep.equal({});
      });

      it("lets a caller that holds the scope in", async () => {
        await client(authorization).reading({});
        expect(callers).to.deep.equal({ Reading: "token" });
      });
    });
  }

  it("bounds the streams of callers without a credential, apart from those of others", async () => {
    const wire = wires.find(({ name }) => name === "gRPC over HTTP/2")!;
    const client = createClient(Health, wire.transport({ baseUrl: server.url }));
    const stop = new AbortController();
    const watch = () => client.watch({}, { signal: stop.signal })[Symbol.asyncIterator]().next();
    await Promise.all([watch(), watch()]);
    expect((await failureOf(watch())).reasons).to.deep.equal(["TOO_MANY_STREAMS"]);
    stop.abort();
  });
});

describe("the contract", () => {
  it("gives every method a policy", async () => {
    const folder = new URL("../../../gen/openclaw/gateway/v1/", import.meta.url);
    const files = (await readdir(folder)).filter((file) => file.endsWith("_service_pb.ts"));
    const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
    const exported = modules.flatMap((module) => Object.values(module as Record<string, { kind?: string }>));
    const services = exported.filter((each): each is DescService => each.kind === "service");
    expect(services).to.have.length(files.length);
    const forgotten = services.flatMap(({ methods }) => methods).filter((method) => !hasOption(method, policy));
    expect(forgotten.map(({ parent, name }) => `${parent.name}.${name}`)).to.deep.equal([]);
  });
});
