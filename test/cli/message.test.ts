import { expect } from "chai";
import { createGatewayClient, type GatewayClient, Scope } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess, testToken } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

interface Delivery {
  readonly name: string;
  readonly state: string;
  readonly platformIds?: readonly string[];
  readonly action?: Readonly<Record<string, Record<string, unknown>>>;
}

describe("openclaw message and deliveries", () => {
  let gateway: GatewayProcess;
  let client: GatewayClient;
  const leave = new AbortController();
  /** What the driver was told, and what it is to say next. */
  const told: unknown[] = [];
  const cli = (...words: string[]) => callCli(gateway, words);
  const read = <T>(...words: string[]) => readCli<T>(gateway, ...words);

  /** A channel outside the gateway that sends everything but what asks for trouble. */
  const drive = async (): Promise<void> => {
    const name = "channels/door";
    const capabilities = {
      react: true,
      edit: true,
      delete: true,
      poll: true,
      buttons: true,
      markdown: true,
      maxMediaBytes: 1_000n,
    };
    for await (const { frame } of client.drivers.attachChannel({ name, capabilities }, { signal: leave.signal })) {
      if (frame.case === "attached") {
        const { attachment } = frame.value;
        await client.drivers.reportState({ name, attachment, state: 3 });
      }
      if (frame.case !== "delivery") continue;
      const { delivery, attempt, address } = frame.value;
      told.push([address, delivery?.action?.kind]);
      const kind = delivery?.action?.kind;
      const bad = kind?.case === "message" && kind.value.text === "refuse me";
      const result = bad
        ? { case: "unsent" as const, value: { message: "never", permanent: true } }
        : { case: "sent" as const, value: { platformIds: ["n1"] } };
      await client.drivers.completeDelivery({ name: delivery?.name ?? "", attempt, result });
    }
  };

  before(async () => {
    gateway = await startGatewayProcess({ config: { channels: { door: { driver: "remote" } } } });
    const operator = createGatewayClient({ url: gateway.url, token: testToken });
    const { secret } = await operator.access.createToken({ tokenId: "driver", scopes: [Scope.NODE] });
    client = createGatewayClient({ url: gateway.url, token: secret });
    drive().catch(() => {});
  });
  after(async () => {
    leave.abort();
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("send waits for the outcome, and says the network's id", async () => {
    const sent = await read<{ deliveries: Delivery[] }>("message", "send", "-t", "mia x", "-m", "hello", "--wait");
    expect(sent.deliveries[0]).to.include({ state: "STATE_SENT" });
    expect(sent.deliveries[0]?.platformIds).to.deep.equal(["n1"]);
    expect((told.at(-1) as unknown[])[0]).to.equal("mia x");
  });

  it("send puts buttons under a message, row by row", async () => {
    const buttons = ["--button", "Yes=I will|No", "--button", "Menu=https://example.org/menu?a=b"];
    await read("message", "send", "-t", "mia", "-m", "dinner?", ...buttons, "--wait");
    const [, kind] = told.at(-1) as [string, { value: { buttons: { buttons: unknown[] }[] } }];
    const rows = kind.value.buttons.map((row) => row.buttons.map((one) => JSON.parse(JSON.stringify(one))));
    expect(rows).to.have.length(2);
    expect(rows[0]?.map(({ text, press }) => `${text}: ${press.case} ${press.value}`)).to.deep.equal([
      "Yes: data I will",
      "No: data No",
    ]);
    expect(rows[1]?.[0]?.press).to.deep.equal({ case: "url", value: "https://example.org/menu?a=b" });
  });

  it("send names a button nothing stands on", async () => {
    const { code, stderr } = await cli("message", "send", "-t", "mia", "-m", "x", "--button", "=yes");
    expect(code).to.equal(2);
    expect(stderr).to.contain('nothing stands on the button "=yes"');
  });

  it("send exits with 1 when it was not sent", async () => {
    const { code, stdout } = await cli("message", "send", "-t", "door:mia", "-m", "refuse me", "--wait");
    expect(code).to.equal(1);
    expect(stdout).to.match(/is failed: never/);
  });

  it("deliveries shows and retries what failed, and gives it up", async () => {
    const { deliveries } = await read<{ deliveries: Delivery[] }>("deliveries", "list", "--state", "failed");
    const name = deliveries[0]?.name ?? "";
    const id = name.split("/").at(-1) ?? "";
    expect(await read<Delivery>("deliveries", "show", id)).to.include({ name, state: "STATE_FAILED" });
    expect(await read<Delivery>("deliveries", "retry", `door/${id}`)).to.include({ state: "STATE_QUEUED" });
    expect((await cli("deliveries", "discard", "door/01ARZ3NDEKTSV4RRFFQ69G5FAV")).stderr).to.contain("does not exist");
    const table = await cli("deliveries");
    expect(table.stdout)
      .to.match(/^DELIVERY +CHANNEL +TO +STATE/)
      .and.to.contain("mia x");
  });

  it("deliveries and ingress tell a channel that is none from one without any", async () => {
    for (const noun of ["deliveries", "ingress"]) {
      const { code, stderr } = await cli(noun, "list", "nope");
      expect([code, stderr]).to.deep.equal([1, "error: there is no channel nope\n  next: there are: door\n"]);
      const { code: jsonCode, stdout } = await cli(noun, "list", "nope", "--json");
      expect([jsonCode, stdout]).to.deep.equal([1, ""]);
    }
    expect(await cli("ingress", "list", "door")).to.include({ code: 0, stderr: "no inbound messages\n" });
  });

  it("deliveries names an id that none has", async () => {
    const { code, stderr } = await cli("deliveries", "retry", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect(code).to.equal(1);
    expect(stderr).to.contain("there is no delivery 01ARZ3NDEKTSV4RRFFQ69G5FAV").and.contain("deliveries list");
  });

  it("react, edit, delete and poll do what they say", async () => {
    told.length = 0;
    for (const words of [
      ["react", "n1", "👍"],
      ["edit", "n1", "new", "words"],
      ["delete", "n1"],
      ["poll", "pizza?", "--option", "yes", "--option", "no", "--multiple"],
    ]) {
      const { code, stderr } = await cli("message", ...words, "-t", "mia", "--wait");
      expect(code, stderr).to.equal(0);
    }
    const kinds = told.map((one) => (one as [string, { case: string; value: Record<string, unknown> }])[1]);
    expect(kinds.map((kind) => kind.case)).to.deep.equal(["reaction", "edit", "delete", "poll"]);
    expect(kinds[1]?.value).to.include({ platformId: "n1", text: "new words" });
    expect(kinds[3]?.value).to.deep.include({ question: "pizza?", options: ["yes", "no"], multiple: true });
  });

  it("poll takes its words as options, too, and asks for a question", async () => {
    told.length = 0;
    const poll = ["--poll-question", "pizza?", "--poll-option", "yes", "--poll-option", "no", "--poll-multi"];
    expect((await cli("message", "poll", ...poll, "-t", "mia", "--wait")).code).to.equal(0);
    const [[, kind] = []] = told as [string, { value: object }][];
    expect(kind?.value).to.deep.include({ question: "pizza?", options: ["yes", "no"], multiple: true });
    expect((await cli("message", "poll", "--option", "yes", "-t", "mia")).stderr).to.contain("there is nothing to ask");
    expect(await cli("message", "poll", "dinner?", ...poll, "-t", "mia")).to.include({
      code: 2,
      stderr: "error: the question is given twice\n  next: leave out --poll-question\n",
    });
  });

  it("--dry-run sends nothing and says where it would go", async () => {
    told.length = 0;
    const { stdout } = await cli("message", "send", "-t", "#a b", "-m", "x", "--dry-run");
    expect(stdout).to.equal("it would go to channels/door/conversations/~23a~20b\n");
    expect(told).to.deep.equal([]);
  });

  it("says what is wrong with a target", async () => {
    const problem = async (...words: string[]): Promise<string> =>
      (await cli("message", "send", "-m", "x", ...words)).stderr;
    expect(await problem()).to.contain("it is not said where to send it");
    expect(await problem("-t", "door:mia", "--channel", "telegram")).to.contain("the target is on door");
    expect(await problem("-t", "mia", "--channel", "telegram")).to.contain("there is no channel telegram");
    expect((await cli("message", "send", "-t", "mia")).stderr).to.contain("there is nothing to send");
  });
});
