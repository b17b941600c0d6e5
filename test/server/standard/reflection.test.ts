import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { create, createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  MethodOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, createClient } from "@connectrpc/connect";
import { expect } from "chai";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { policy, Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { startTestServer, type TestServer, testToken } from "../../support/test-server.ts";
import { failureOf, protocols, wires } from "../../support/wires.ts";

type Question = ServerReflectionRequest["messageRequest"];

const run = promisify(execFile);
const grpc = wires.find(({ protocol }) => protocol === "grpc")!;
const gatewayService = "openclaw.gateway.v1.GatewayService";

describe("grpc.reflection", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(() => server.stop());

  async function ask(...questions: Question[]): Promise<ServerReflectionResponse["messageResponse"][]> {
    const client = createClient(ServerReflection, grpc.transport({ baseUrl: server.url }));
    const requests = (async function* () {
      for (const messageRequest of questions) yield { host: "h", messageRequest };
    })();
    const answers = [];
    for await (const { messageResponse } of client.serverReflectionInfo(requests)) answers.push(messageResponse);
    return answers;
  }

  async function filesFor(question: Question): Promise<FileDescriptorProto[]> {
    const [answer] = await ask(question);
    if (answer?.case !== "fileDescriptorResponse") throw new Error(`the answer is ${answer?.case}`);
    return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  }

  it("lists every service, its own two versions and health among them", async () => {
    const [answer] = await ask({ case: "listServices", value: "" });
    const names = answer?.case === "listServicesResponse" ? answer.value.service.map(({ name }) => name) : [];
    expect(names).to.include.members([
      gatewayService,
      "openclaw.gateway.v1.EventService",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
  });

  for (const symbol of [
    gatewayService,
    `${gatewayService}.GetGateway`,
    "openclaw.gateway.v1.GetGatewayRequest",
    "openclaw.gateway.v1.GetGatewayResponse.caller",
  ]) {
    it(`finds the file of ${symbol}`, async () => {
      const [file] = await filesFor({ case: "fileContainingSymbol", value: symbol });
      expect(file?.name).to.equal("openclaw/gateway/v1/gateway_service.proto");
    });
  }

  it("finds the file of an enum, of its value, and of an extension", async () => {
    for (const symbol of ["Scope", "SCOPE_READ", "policy"]) {
      const [file] = await filesFor({ case: "fileContainingSymbol", value: `openclaw.gateway.v1.${symbol}` });
      expect(file?.name, symbol).to.equal("openclaw/gateway/v1/options.proto");
    }
  });

  it("sends a file with everything it imports, which is all a client needs", async () => {
    const files = await filesFor({ case: "fileByFilename", value: "openclaw/gateway/v1/event_service.proto" });
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: importsFirst(files) }));
    expect(registry.getMessage("openclaw.gateway.v1.Event")?.field.time?.message?.typeName).to.equal(
      "google.protobuf.Timestamp",
    );
  });

  it("keeps the options of the contract", async () => {
    const [file] = await filesFor({ case: "fileContainingSymbol", value: gatewayService });
    const method = file?.service[0]?.method.find(({ name }) => name === "ShutDown");
    expect(method?.options?.$typeName).to.equal(MethodOptionsSchema.typeName);
    expect(getOption({ proto: method, kind: "rpc" } as never, policy)).to.include({ scope: Scope.ADMIN });
  });

  it("finds an extension by its number, and lists all numbers", async () => {
    const value = { containingType: "google.protobuf.MethodOptions", extensionNumber: 50118 };
    const question = { case: "fileContainingExtension", value } as unknown as Question;
    expect((await filesFor(question))[0]?.name).to.equal("openclaw/gateway/v1/options.proto");
    const [numbers] = await ask({ case: "allExtensionNumbersOfType", value: "google.protobuf.FieldOptions" });
    expect(numbers?.value).to.deep.include({
      baseTypeName: "google.protobuf.FieldOptions",
      extensionNumber: [50118, 50119],
    });
  });

  it("answers several questions on one stream and sends no import twice", async () => {
    const [first, second] = await ask(
      { case: "fileByFilename", value: "openclaw/gateway/v1/event_service.proto" },
      { case: "fileByFilename", value: "openclaw/gateway/v1/gateway_service.proto" },
    );
    const names = [first, second].map((answer) =>
      answer?.case === "fileDescriptorResponse"
        ? answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
        : [],
    );
    expect(names[0]).to.include("google/protobuf/timestamp.proto");
    expect(names[1]).to.include("openclaw/gateway/v1/gateway_service.proto");
    expect(names[1]).not.to.include("google/protobuf/timestamp.proto");
  });

  const unknown: Question[] = [
    { case: "fileByFilename", value: "no/such.proto" },
    { case: "fileContainingSymbol", value: "no.such.Symbol" },
    { case: "allExtensionNumbersOfType", value: "no.such.Message" },
    {
      case: "fileContainingExtension",
      value: { containingType: "google.protobuf.MethodOptions", extensionNumber: 1 },
    } as unknown as Question,
  ];
  for (const question of unknown) {
    it(`answers NOT_FOUND to an unknown ${question.case} and stays open`, async () => {
      const [answer, next] = await ask(question, { case: "listServices", value: "" });
      expect(answer?.value).to.include({ errorCode: Code.NotFound });
      expect(next?.case).to.equal("listServicesResponse");
    });
  }

  it("answers INVALID_ARGUMENT to a question that asks nothing", async () => {
    const [answer] = await ask({ case: undefined });
    expect(answer?.value).to.include({ errorCode: Code.InvalidArgument });
  });

  it("speaks v1alpha too", async () => {
    const client = createClient(ServerReflectionAlpha, grpc.transport({ baseUrl: server.url }));
    const requests = (async function* () {
      yield { messageRequest: { case: "fileContainingSymbol" as const, value: gatewayService } };
    })();
    for await (const answer of client.serverReflectionInfo(requests)) {
      expect(answer.messageResponse.case).to.equal("fileDescriptorResponse");
      expect(answer.originalRequest?.messageRequest.value).to.equal(gatewayService);
    }
  });

  for (const protocol of ["grpc", "grpcweb", "connect"]) {
    it(`is all buf curl needs to call a method over ${protocol}`, async () => {
      const args = ["curl", "--protocol", protocol, "--http2-prior-knowledge", "-d", "{}"];
      const { stdout } = await run("node_modules/.bin/buf", [...args, `${server.url}/${gatewayService}/GetGateway`]);
      expect(JSON.parse(stdout)).to.deep.include({ cursor: "head" });
    });
  }
});

/** The files, each after all it imports; fails when one is missing. */
function importsFirst(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const ordered = new Map<string, FileDescriptorProto>();
  const add = (name: string): void => {
    if (ordered.has(name)) return;
    const file = files.find((each) => each.name === name);
    if (file === undefined) throw new Error(`${name} is missing`);
    file.dependency.forEach(add);
    ordered.set(name, file);
  };
  for (const { name } of files) add(name);
  return [...ordered.values()];
}

describe("grpc.reflection beyond loopback", () => {
  let server: TestServer;

  before(async () => {
    const auth = { mode: "token", secret: testToken } as const;
    server = await startTestServer({ auth, listen: { hosts: ["0.0.0.0"], port: 0 } });
  });

  after(() => server.stop());

  for (const wire of protocols.filter(({ http }) => http === "2")) {
    it(`wants a credential over ${wire.name}`, async () => {
      const requests = async function* () {
        yield { messageRequest: { case: "listServices" as const, value: "" } };
      };
      const ask = (authorization?: string) =>
        createClient(ServerReflection, wire.transport({ baseUrl: server.url, authorization }))

          .serverReflectionInfo(requests())
          [Symbol.asyncIterator]()
          .next();
      expect((await failureOf(ask())).reasons).to.deep.equal(["CREDENTIALS_MISSING"]);
      expect((await ask(`Bearer ${testToken}`)).done).to.equal(false);
    });
  }
});
