/** Who may see which events. */

import { create, getOption } from "@bufbuild/protobuf";
import { expect } from "chai";
import { EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope, visible_to } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { expandScopes } from "../../../src/core/access/scopes.ts";
import { isVisible } from "../../../src/core/event/visibility.ts";
import { CoreKits } from "../../support/core-kit.ts";

const callerWith = (...granted: Scope[]) => ({ principal: "p", scopes: expandScopes(granted) });
const { UNSPECIFIED: _, ...named } = Scope;
const scopes = Object.values(named);
const scopeNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(Scope).map(([name, scope]) => [scope, name]),
);
const kinds = EventSchema.fields.filter((field) => field.oneof?.localName === "resource");

describe("an event", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("about who may enter is for those who decide about it", () => {
    const wanted = new Map(kinds.map((field) => [field.name, getOption(field, visible_to)]));
    expect(wanted.get("pairing_request")).to.equal(Scope.PAIR);
    expect(wanted.get("device")).to.equal(Scope.PAIR);
    expect(wanted.get("token")).to.equal(Scope.ADMIN);
  });

  for (const field of kinds) {
    const event = create(EventSchema, { resource: { case: field.localName as "session", value: {} } });

    const wanted = getOption(field, visible_to) || Scope.READ;

    it(`of a ${field.name} is seen by those who hold ${scopeNames[wanted]}, and by nobody else`, () => {
      for (const scope of scopes) {
        const allowed = expandScopes([scope]).includes(wanted);
        expect(isVisible(event, callerWith(scope)), scopeNames[scope]).to.equal(allowed);
      }
      expect(isVisible(event, callerWith())).to.be.false;
    });
  }

  it("of a kind this program does not know is seen by nobody", () => {
    expect(isVisible(create(EventSchema), callerWith(Scope.ADMIN))).to.be.false;
  });

  it("that a caller may not see is left out of its lists, and its cursor moves past it", async () => {
    const kit = await kits.open();
    await kit.newSession("a");
    const blind = kit.as("node", [Scope.NODE]);
    const own = await kit.client.events.listEvents({});
    const theirs = await blind.events.listEvents({});
    expect(theirs.events).to.deep.equal([]);
    expect(theirs.cursor).to.equal(own.cursor);
  });

  it("that a caller may not see is left out of its stream, which moves past it", async () => {
    const kit = await kits.open();
    const closing = new AbortController();
    const blind = kit.as("node", [Scope.NODE]);
    const frames = blind.events.watchEvents({}, { signal: closing.signal })[Symbol.asyncIterator]();
    expect((await frames.next()).value?.frame.case).to.equal("bookmark");
    const next = frames.next();
    await kit.newSession("a");
    kit.core.closeStreams();
    expect((await next).value?.frame.case).to.equal("bookmark");
    closing.abort();
  });
});
