import { Code, ConnectError } from "@connectrpc/connect";
import { expect } from "chai";
import type { GatewayLink } from "../../../src/cli/link/gateway-link.ts";
import type { LocalGateway } from "../../../src/cli/service/local-gateway.ts";
import { restartGateway } from "../../../src/cli/service/restart-gateway.ts";
import type { GatewayOwner } from "../../../src/supervisor/gateway-owner.ts";

const version = "2.0.0";
const plan = { idleMs: 0, graceSeconds: 10, force: false };

/** A gateway that is asked, and what happens to its owner record meanwhile. */
class MovingGateway {
  readonly asked: string[] = [];
  #owner: GatewayOwner = ownerAt(1);
  readonly #when: { readonly beforeAnswer?: boolean; readonly afterMs?: number };

  constructor(when: { readonly beforeAnswer?: boolean; readonly afterMs?: number }) {
    this.#when = when;
  }

  restart(): ReturnType<typeof restartGateway> {
    const local = { owner: async () => this.#owner } as unknown as LocalGateway;
    const openLink = async () => {
      const client = this.#client(this.#owner);
      return { client: async () => client } as unknown as GatewayLink;
    };
    return restartGateway(local, openLink, { owner: this.#owner, plan, version, onPause: () => {} });
  }

  /** Its calls go to where the gateway was when it was made. */
  #client(owner: GatewayOwner): unknown {
    const getGateway = async () => {
      if (owner.startTimeMs === 1 && this.#when.beforeAnswer) this.#owner = ownerAt(2);
      return { gateway: { version, restartReason: "", restartRefusal: "" } };
    };
    const shutDown = async () => {
      this.asked.push(owner.url ?? "");
      if (owner.startTimeMs > 1) this.#owner = ownerAt(owner.startTimeMs + 1);
      else throw this.#refused();
      return {};
    };
    return { gateway: { getGateway, shutDown } };
  }

  #refused(): Error {
    const { afterMs } = this.#when;
    if (afterMs !== undefined) setTimeout(() => (this.#owner = ownerAt(2)), afterMs);
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    return new ConnectError("connect ECONNREFUSED", Code.Unavailable, undefined, undefined, cause);
  }
}

function ownerAt(startTimeMs: number): GatewayOwner {
  return { pid: 7, startTimeMs, url: `http://127.0.0.1:${startTimeMs}`, verified: true };
}

describe("restartGateway", () => {
  it("asks a gateway that moved since it answered where it is now", async () => {
    const gateway = new MovingGateway({ afterMs: 50 });
    expect(await gateway.restart()).to.deep.equal({ inPlace: true });
    expect(gateway.asked).to.deep.equal(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
  });

  it("asks a gateway that moved while it answered only where it is now", async () => {
    const gateway = new MovingGateway({ beforeAnswer: true });
    expect(await gateway.restart()).to.deep.equal({ inPlace: true });
    expect(gateway.asked).to.deep.equal(["http://127.0.0.1:2"]);
  });
});
