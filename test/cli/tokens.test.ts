import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli, runCli } from "../support/run-cli.ts";

interface Token {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expireTime?: string;
}

describe("openclaw tokens", () => {
  let gateway: GatewayProcess;
  const cli = (...words: string[]) => callCli(gateway, words);
  const json = <T>(...words: string[]) => readCli<T>(gateway, ...words);
  /** As whoever holds this token. */
  const as = (token: string, ...words: string[]) => runCli([...words, "--url", gateway.url, "--token", token]);
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("create prints the secret alone on standard output, and what it is beside it", async () => {
    const { code, stdout, stderr } = await cli("tokens", "create", "ci", "--scope", "read,write", "--expires", "30d");
    expect(code).to.equal(0);
    expect(stdout).to.match(/^oct_[A-Za-z0-9]{49}\n$/);
    expect(stderr).to.match(
      /^tokens\/ci may read, write, ends in 30 d\. This is its secret; it is not shown again:\n$/,
    );
  });

  it("create makes a token that works, with --json too", async () => {
    const { token, secret } = await json<{ token: Token; secret: string }>(
      "tokens",
      "create",
      "json",
      "--scope",
      "read",
    );
    expect(token).to.deep.include({ name: "tokens/json", scopes: ["SCOPE_READ"] });
    const { code, stdout } = await as(secret, "whoami", "--json");
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({
      caller: { principal: "tokens/json", scopes: ["SCOPE_READ"] },
      title: "json",
    });
    const refused = await as(secret, "sessions", "create", "x");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("this call needs scope WRITE; the credential holds READ");
  });

  it("create says what is missing or misspelt", async () => {
    const none = await cli("tokens", "create", "x");
    expect([none.code, none.stderr]).to.deep.equal([
      2,
      "error: a token needs --scope\n  next: for example: --scope read,write\n",
    ]);
    const odd = await cli("tokens", "create", "x", "--scope", "raed");
    expect([odd.code, odd.stderr]).to.deep.equal([2, 'error: "raed" is no scope\n  next: did you mean read?\n']);
    const time = await cli("tokens", "create", "x", "--scope", "read", "--expires", "soon");
    expect([time.code, time.stderr]).to.deep.equal([
      2,
      'error: --expires is "soon"\n  next: write a length of time: 30s, 10m, 12h, 30d\n',
    ]);
  });

  it("list shows what there is, never a secret", async () => {
    await json("tokens", "create", "listed", "--scope", "approve");
    const { stdout } = await cli("tokens", "list");
    expect(stdout).to.match(/^TOKEN +MAY +USED +ENDS +MADE +BY\n/);
    expect(stdout).to.match(/^listed +approve +never +never +.* token$/m);
    expect(stdout).not.to.contain("oct_");
    const { tokens } = await json<{ tokens: Token[] }>("tokens", "list");
    expect(tokens.map(({ name }) => name)).to.include("tokens/listed");
    expect((await cli("tokens")).stdout).to.match(/^TOKEN +MAY/);
  });

  it("revoke ends a token and the watch that goes on by it", async () => {
    const { secret } = await json<{ secret: string }>("tokens", "create", "doomed", "--scope", "read");
    const watching = as(secret, "events", "watch");
    await untilConnected("tokens/doomed");
    const { stdout } = await cli("tokens", "revoke", "doomed", "--yes");
    expect(stdout).to.equal("revoked tokens/doomed\n");
    const { code, stderr } = await watching;
    expect(code).to.equal(1);
    expect(stderr).to.contain("this credential was revoked");
    expect((await as(secret, "whoami")).stderr).to.contain("this credential was revoked");
  });

  it("revoke asks, or wants to be told --yes", async () => {
    const { code, stderr } = await cli("tokens", "revoke", "ci");
    expect(code).to.equal(2);
    expect(stderr).to.contain("add --yes to do it without asking");
    const none = await cli("tokens", "revoke", "nobody", "--yes");
    expect([none.code, none.stderr]).to.deep.equal([
      1,
      "error: tokens/nobody does not exist\n  next: see: openclaw tokens list\n",
    ]);
  });

  it("a wrong paste is named", async () => {
    const { setupCode } = await json<{ setupCode: string }>("devices", "setup-code");
    const { code, stderr } = await as(setupCode, "whoami");
    expect(code).to.equal(1);
    expect(stderr).to.contain("this is a setup code, not a token");
    expect(stderr).not.to.contain(setupCode);
  });

  it("whoami tells in words who one is, and by what", async () => {
    const { stdout } = await cli("whoami");
    expect(stdout).to.match(/^gateway +http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).to.match(/^you are +token$/m);
    expect(stdout).to.match(/^you may +read, write, approve, pair, admin$/m);
    expect(stdout).to.match(/^by +OPENCLAW_GATEWAY_TOKEN$/m);
  });

  async function untilConnected(principal: string): Promise<void> {
    for (;;) {
      const { clients } = await json<{ clients: { principal?: string; openCalls?: number }[] }>("clients", "list");
      if (clients.some((client) => client.principal === principal && (client.openCalls ?? 0) > 0)) return;
    }
  }
});
