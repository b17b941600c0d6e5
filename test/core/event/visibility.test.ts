/** Who may see which events. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { expandScopes } from "../../../src/core/access/scopes.ts";
import { isVisible } from "../../../src/core/event/visibility.ts";
import { CoreKits } from "../../support/core-kit.ts";

const callerWith = (...granted: Scope[]) => ({ principal: "p", scopes: expandScopes(granted) });
const kinds = EventSchema.fields.filter((field) => field.oneof?.localName === "resource");

describe("an event", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  for (const field of kinds) {
    const event = create(EventSchema, { resource: { case: field.localName as "session", value: {} } });

    it(`of a ${field.name} is seen by those who may read, and by nobody else`, () => {
      for (const scope of [Scope.READ, Scope.WRITE, Scope.ADMIN])
        expect(isVisible(event, callerWith(scope))).to.be.true;
      for (const scope of [Scope.APPROVE, Scope.PAIR, Scope.NODE])
        expect(isVisible(event, callerWith(scope))).to.be.false;
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
