/** A core that cannot start. */

import { expect } from "chai";
import type { ReadTables, Store } from "../../src/core/store.ts";
import { CoreKits } from "../support/core-kit.ts";
import { hangs } from "../support/scripted-model.ts";
import { until } from "../support/until.ts";

describe("a core that fails in its start", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("leaves nothing running of what it had started", async () => {
    const kit = await kits.open();
    let isCalledOff = false;
    kit.model.script(hangs(), async function* (_, signal) {
      signal.addEventListener("abort", () => (isCalledOff = true));
      await new Promise(() => {});
      yield* [];
    });
    await kit.send("hello");
    await kit.model.called(1);
    const broken = async (): Promise<never> => {
      await kit.model.called(2);
      throw new Error("the disk of this test is gone");
    };
    const started = kit.restart({ wrapStore: (store) => withoutLanes(store, broken) });
    expect(await started.catch((error: Error) => error.message)).to.equal("the disk of this test is gone");
    await until(() => isCalledOff, "the run that was taken up is called off");
  });

  it("says why when nothing can be read", async () => {
    const kit = await kits.open();
    const read = (): Promise<never> => Promise.reject(new Error("the disk of this test is gone"));
    const started = kit.restart({ wrapStore: (store) => changed<Store>(store, { read }) });
    expect(await started.catch((error: Error) => error.message)).to.equal("the disk of this test is gone");
  });
});

/** The store, in which conversations with something to send cannot be listed. */
function withoutLanes(store: Store, listLanes: () => Promise<never>): Store {
  const read: Store["read"] = (work) =>
    store.read((tables) => {
      const deliveries = changed(tables.deliveries, { listLanes });
      return work(changed<ReadTables>(tables, { deliveries }));
    });
  return changed(store, { read });
}

function changed<Thing extends object>(thing: Thing, changes: Partial<Thing>): Thing {
  return new Proxy(thing, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in changes ? changes : thing, name, name in changes ? changes : thing);
      return typeof value === "function" ? value.bind(thing) : value;
    },
  });
}
