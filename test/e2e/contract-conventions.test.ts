import { type DescMessage, type DescMethod, fromBinary, type JsonObject } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { EventSchema } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import { contractMethods } from "../support/contract-methods.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

/** What a refused call is told. */
interface Refusal {
  readonly code: string;
  readonly details: readonly {
    readonly type: string;
    readonly value: string;
    readonly debug: { readonly fieldViolations?: readonly { readonly field: string }[] };
  }[];
}

/** Requests that are right but for what a test puts into them. */
const usual: Readonly<Record<string, JsonObject>> = {
  ListMessages: { parent: "sessions/main" },
  SearchMessages: { query: "word" },
  ListRuns: { parent: "sessions/-" },
  ListConversations: { parent: "channels/-" },
  ListSenders: { parent: "channels/-" },
  ListDeliveries: { parent: "channels/-" },
  ListIngress: { parent: "channels/-" },
  CreateSession: {},
  ResetSession: { name: "sessions/main" },
  CompactSession: { name: "sessions/main" },
  AppendMessage: { parent: "sessions/main", message: { role: "ROLE_USER", parts: [{ text: "hello" }] } },
  CreateRun: { parent: "sessions/main", parts: [{ text: "hello" }] },
  SendMessage: { conversation: "channels/chat/conversations/me", content: { parts: [{ text: "hello" }] } },
  UpdateSession: { session: { name: "sessions/main" } },
  UpdateChannel: { channel: { name: "channels/chat" } },
};

const methods = await contractMethods();
const lists = methods.filter(({ name, input }) => /^(List|Search)/.test(name) && input.typeName.includes("gateway.v1"));
/** The log is read by its own cursor, which is what a page's token would be. */
const paged = lists.filter(({ name }) => name !== "ListEvents");
const filtered = lists.filter(({ input }) => has(input, "filter"));
const masked = methods.filter(({ input }) => has(input, "update_mask"));
const once = methods.filter(({ input }) => has(input, "request_id"));
const evented = EventSchema.oneofs
  .find(({ name }) => name === "resource")
  ?.fields.map(({ message }) => message?.typeName);

describe("by the conventions of the contract", () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess({ config: { channels: { chat: { driver: "remote" } } } });
  });
  after(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  /** The fields a call was refused for; fails when it was not refused as INVALID_ARGUMENT. */
  const wrongFields = async (method: DescMethod, wrong: JsonObject): Promise<string[]> => {
    const response = await fetch(`${gateway.url}/${method.parent.typeName}/${method.name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.token}`, "content-type": "application/json" },
      body: JSON.stringify({ ...usual[method.name], ...wrong }),
    });
    const { code, details } = (await response.json()) as Refusal;
    expect(code).to.equal("invalid_argument");
    const [info, request] = details;
    const { domain } = fromBinary(ErrorInfoSchema, Buffer.from(info?.value ?? "", "base64"));
    expect([info?.type, domain, request?.type]).to.deep.equal([
      "google.rpc.ErrorInfo",
      "gateway.openclaw",
      "google.rpc.BadRequest",
    ]);
    return request?.debug.fieldViolations?.map(({ field }) => field) ?? [];
  };

  for (const { name, input, output } of paged) {
    it(`${name} has pages`, () => {
      expect(has(input, "page_size") && has(input, "page_token") && has(output, "next_page_token")).to.equal(true);
    });
  }

  for (const { name, output } of lists.filter(({ output }) => isEvented(output))) {
    it(`${name} says where in the event log to go on`, () => {
      expect(has(output, "cursor")).to.equal(true);
    });
  }

  for (const method of lists) {
    it(`${method.name} refuses a negative page_size`, async () => {
      expect(await wrongFields(method, { pageSize: -1 })).to.deep.equal(["page_size"]);
    });
  }

  for (const method of paged) {
    it(`${method.name} refuses a page_token of another list`, async () => {
      const foreign = Buffer.from('{"q":"other","k":["a"]}').toString("base64url");
      for (const pageToken of ["nonsense", foreign]) {
        expect(await wrongFields(method, { pageToken })).to.deep.equal(["page_token"]);
      }
    });
  }

  for (const method of filtered) {
    it(`${method.name} refuses a filter it cannot read, or that names an unknown field`, async () => {
      for (const filter of ["nonsense", "nothing = 1", "nothing > 1", 'nothing = "1" OR nothing = "2"']) {
        expect(await wrongFields(method, { filter }), filter).to.deep.equal(["filter"]);
      }
    });
  }

  for (const method of masked.filter(({ name }) => name in usual)) {
    it(`${method.name} refuses a mask that names an unknown field, or one that nobody may change`, async () => {
      for (const updateMask of ["nothing", "name", "etag"]) {
        expect(await wrongFields(method, { updateMask }), updateMask).to.deep.equal(["update_mask"]);
      }
    });
  }

  for (const method of once) {
    it(`${method.name} wants a request_id, which is a UUID`, async () => {
      for (const requestId of ["", "1"]) {
        expect(await wrongFields(method, { requestId }), requestId).to.deep.equal(["request_id"]);
      }
    });
  }

  it("every method that creates something or sends something is done once", () => {
    const names = once.map(({ name }) => name);
    expect(names).to.include.members(["CreateSession", "ResetSession", "AppendMessage", "CreateRun", "SendMessage"]);
    expect(Object.keys(usual)).to.include.members(names);
  });
});

function has(message: DescMessage, field: string): boolean {
  return message.fields.some(({ name }) => name === field);
}

/** True for a list of resources whose changes are events. */
function isEvented({ fields }: DescMessage): boolean {
  return fields.some((field) => field.fieldKind === "list" && evented?.includes(field.message?.typeName ?? "none"));
}
