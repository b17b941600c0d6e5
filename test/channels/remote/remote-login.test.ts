/** What a driver reports of a login, kept until somebody looks. */

import { expect } from "chai";
import { RemoteLogin } from "../../../src/channels/remote/remote-login.ts";
import type { LoginStep } from "../../../src/core/channel/network.ts";

const forever = new AbortController().signal;

/** The steps to the end. */
async function read(login: RemoteLogin): Promise<LoginStep[]> {
  const steps: LoginStep[] = [];
  for await (const step of login.steps(forever)) steps.push(step);
  return steps;
}

describe("RemoteLogin", () => {
  let login: RemoteLogin;
  beforeEach(() => {
    login = new RemoteLogin();
  });

  it("keeps of steps nobody has seen the newest of a kind, in the order they were made", async () => {
    login.report(1, { kind: "qr", text: "one" });
    login.report(2, { kind: "link", url: "https://example.org" });
    login.report(3, { kind: "qr", text: "two" });
    login.report(4, { kind: "done", title: "" });
    expect(await read(login)).to.deep.equal([
      { kind: "link", url: "https://example.org" },
      { kind: "qr", text: "two" },
    ]);
  });

  it("hears a step once, and none after its end but those it heard", () => {
    expect(login.report(1, { kind: "qr", text: "one" })).to.equal(true);
    expect(login.report(2, { kind: "done", title: "" })).to.equal(true);
    expect(login.report(2, { kind: "failed", reason: "late" })).to.equal(true);
    expect(login.report(3, { kind: "qr", text: "two" })).to.equal(false);
  });

  it("fails with what the driver says, after the steps before that", async () => {
    login.report(1, { kind: "qr", text: "one" });
    login.report(2, { kind: "failed", reason: "" });
    const steps = login.steps(forever);
    expect((await steps.next()).value).to.deep.equal({ kind: "qr", text: "one" });
    const error = await steps.next().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).to.equal("its driver does not say why");
  });

  it("has a question to answer once it was shown, and only once", async () => {
    login.report(5, { kind: "prompt", question: "which number?" });
    expect(login.takeQuestion()).to.equal(undefined);
    await login.steps(forever).next();
    expect([login.takeQuestion(), login.takeQuestion()]).to.deep.equal([5, undefined]);
  });
});
