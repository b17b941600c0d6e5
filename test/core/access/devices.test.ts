/** Paired devices, through the contract. */

import { create, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { DeviceSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { ListDevicesResponseSchema } from "../../../gen/openclaw/gateway/v1/access_service_pb.ts";
import { Event_Change } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { pairDevice, textOf } from "../../support/pairing-kit.ts";

const { READ, WRITE, APPROVE, PAIR, ADMIN, NODE } = Scope;

describe("a paired device", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("calls as itself, with what it was granted", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client, [WRITE]);
    expect(token).to.match(/^ocd_[A-Za-z0-9]{49}$/);
    expect(kit.core.access.credentials.find(token)).to.deep.include({ principal: device.name, scopes: [READ, WRITE] });
  });

  it("is listed, oldest first, and tells when it was seen", async () => {
    const kit = await kits.open();
    const first = await pairDevice(kit.client, [READ], "first");
    await pairDevice(kit.client, [READ], "second");
    kit.core.access.credentials.find(first.token);
    const { devices } = await kit.client.access.listDevices({});
    expect(devices.map(({ title }) => title)).to.deep.equal(["first", "second"]);
    expect(devices.map(({ seenTime }) => seenTime !== undefined)).to.deep.equal([true, false]);
  });

  it("is on a page below 3 MiB however many commands it and the others have", async () => {
    const kit = await kits.open();
    const commands = Array.from({ length: 256 }, (_, index) => `c${index}`.padEnd(128, "x"));
    const names = Array.from({ length: 120 }, (_, index) => `devices/d${index}`);
    await kit.store.transact(async ({ access }) => {
      for (const name of names)
        await access.devices.put({ resource: create(DeviceSchema, { name, commands }), digest: undefined });
    });
    const first = await kit.client.access.listDevices({ pageSize: 200 });
    expect(toBinary(ListDevicesResponseSchema, first).length).to.be.below(3 * 1_048_576);
    const second = await kit.client.access.listDevices({ pageSize: 200, pageToken: first.nextPageToken });
    expect([...first.devices, ...second.devices].map(({ name }) => name)).to.have.members(names);
  });

  it("is renamed, its etag moves on, and its calls are not touched", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client);
    const caller = kit.core.access.credentials.find(token);
    const { device: renamed } = await kit.client.access.updateDevice({ device: { name: device.name, title: "new" } });
    expect(renamed?.title).to.equal("new");
    expect(renamed?.etag).not.to.equal(device.etag);
    expect(kit.core.access.credentials.find(token)).to.equal(caller);
    expect(caller?.ended?.aborted).to.be.false;
  });

  it("is not changed by who knows an older one", async () => {
    const kit = await kits.open();
    const { device } = await pairDevice(kit.client);
    const { name, etag } = device;
    await kit.client.access.updateDevice({ device: { name, etag, title: "one" } });
    const failure = await expectFailure(
      kit.client.access.updateDevice({ device: { name, etag, title: "two" } }),
      "ETAG_MISMATCH",
    );
    expect(failure.metadata.current_etag).to.equal("2");
  });

  for (const title of ["", "   ", "a\u001b[2J", "x".repeat(101), "\u202egnp"]) {
    it(`is not called ${JSON.stringify(title.slice(0, 8))}`, async () => {
      const kit = await kits.open();
      const { device } = await pairDevice(kit.client);
      const change = { device: { name: device.name, title }, updateMask: { paths: ["title"] } };
      await expectFailure(kit.client.access.updateDevice(change), "FIELD_INVALID");
    });
  }

  it("may be allowed less, which ends what goes on by the old grant", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client, [WRITE, APPROVE]);
    const before = kit.core.access.credentials.find(token);
    const { device: narrowed } = await kit.client.access.updateDevice({
      device: { name: device.name, scopes: [READ] },
    });
    expect(narrowed?.scopes).to.deep.equal([READ]);
    expect(before?.ended?.aborted).to.be.true;
    expect(String(before?.ended?.reason)).to.contain("allows less than before");
    const after = kit.core.access.credentials.find(token);
    expect(after).to.deep.include({ principal: device.name, scopes: [READ] });
    expect(after?.ended?.aborted).to.be.false;
  });

  it("is never allowed more, not even by an administrator", async () => {
    const kit = await kits.open();
    const { device } = await pairDevice(kit.client, [READ]);
    for (const scopes of [[WRITE], [READ, PAIR], [ADMIN], [NODE]]) {
      await expectFailure(kit.client.access.updateDevice({ device: { name: device.name, scopes } }), "FIELD_INVALID");
    }
    const nothing = { device: { name: device.name }, updateMask: { paths: ["scopes"] } };
    await expectFailure(kit.client.access.updateDevice(nothing), "FIELD_INVALID");
  });

  for (const path of ["name", "platform", "commands", "expire_time", "approver", "nonsense"]) {
    it(`keeps its ${path}`, async () => {
      const kit = await kits.open();
      const { device } = await pairDevice(kit.client);
      const change = { device: { ...device, title: "x" }, updateMask: { paths: [path] } };
      await expectFailure(kit.client.access.updateDevice(change), "FIELD_INVALID");
    });
  }

  it("is not managed by who holds less, unless it is the device itself", async () => {
    const kit = await kits.open();
    const { device } = await pairDevice(kit.client, [ADMIN]);
    const lesser = kit.as("devices/other", [READ, WRITE, PAIR]);
    const { name } = device;
    await expectFailure(lesser.access.updateDevice({ device: { name, title: "mine" } }), "SCOPE_MISSING");
    await expectFailure(lesser.access.updateDevice({ device: { name, scopes: [READ] } }), "SCOPE_MISSING");
    await expectFailure(lesser.access.deleteDevice({ name }), "SCOPE_MISSING");
    await kit.as(name, [PAIR]).access.deleteDevice({ name });
  });

  it("is gone when it is removed, at once, by that name", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client);
    const caller = kit.core.access.credentials.find(token);
    await kit.client.access.deleteDevice({ name: device.name });
    expect(caller?.ended?.aborted).to.be.true;
    expect(() => kit.core.access.credentials.find(token)).to.throw("was revoked");
    await expectFailure(kit.client.access.deleteDevice({ name: device.name }), "NOT_FOUND");
    expect((await kit.client.access.listDevices({})).devices).to.deep.equal([]);
  });

  it("replaces its own token; the old one ends at once, by that name", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client, [PAIR]);
    const before = kit.core.access.credentials.find(token);
    const { token: next } = await kit.as(device.name, [PAIR]).access.rotateToken({});
    expect(before?.ended?.aborted).to.be.true;
    expect(() => kit.core.access.credentials.find(token)).to.throw("was replaced");
    expect(kit.core.access.credentials.find(next)).to.deep.include({ principal: device.name, scopes: [PAIR] });
  });

  it("is the only one whose token can be replaced so", async () => {
    const kit = await kits.open();
    await expectFailure(kit.client.access.rotateToken({}), "PROTECTED");
    await expectFailure(kit.as("tokens/ci", [ADMIN]).access.rotateToken({}), "PROTECTED");
    await expectFailure(kit.as("devices/gone", [READ]).access.rotateToken({}), "NOT_FOUND");
  });

  it("is known after a restart, with its last token only", async () => {
    const kit = await kits.open();
    const { device, token } = await pairDevice(kit.client, [READ]);
    const { token: next } = await kit.as(device.name, [READ]).access.rotateToken({});
    const gone = await pairDevice(kit.client, [READ]);
    await kit.client.access.deleteDevice({ name: gone.device.name });
    await kit.restart();
    const { credentials } = kit.core.access;
    expect(credentials.find(next)?.principal).to.equal(device.name);
    expect(() => credentials.find(token)).to.throw("was replaced");
    expect(() => credentials.find(gone.token)).to.throw("was revoked");
  });

  it("is told of in events, never with its token", async () => {
    const kit = await kits.open();
    const { cursor } = await kit.client.access.listDevices({});
    const { device, token } = await pairDevice(kit.client);
    await kit.client.access.updateDevice({ device: { name: device.name, title: "new" } });
    await kit.client.access.deleteDevice({ name: device.name });
    const { events } = await kit.client.events.listEvents({ cursor, subjects: ["devices/*"] });
    const { CREATED, UPDATED, DELETED } = Event_Change;
    expect(events.map(({ change }) => change)).to.deep.equal([CREATED, UPDATED, DELETED]);
    expect(textOf(events)).not.to.contain(token);
  });

  it("is called by its title when it asks who it is", async () => {
    const kit = await kits.open();
    const { device } = await pairDevice(kit.client, [APPROVE], "the phone");
    const answer = await kit.as(device.name, [APPROVE]).gateway.whoAmI({});
    expect(answer.title).to.equal("the phone");
    expect(answer.caller).to.deep.include({ principal: device.name, scopes: [APPROVE] });
    expect((await kit.as("tokens/ci", [READ]).gateway.whoAmI({})).title).to.equal("ci");
    expect((await kit.client.gateway.whoAmI({})).title).to.equal("");
  });
});
