import { expect } from "chai";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { createGatewayClient, Scope } from "../../src/client/gateway-client.ts";
import { findProgram } from "../polyglot/toolchain.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];

describe("the dashboard, in Chromium", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext;
  let page: Page;
  let addresses: string[];
  let complaints: string[];

  before(async function () {
    const executablePath = await findProgram("chromium");
    if (executablePath === undefined) return this.skip();
    gateway = await startGatewayProcess({ config: { logging: { level: "debug" } } });
    browser = await chromium.launch({ executablePath, args });
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    if (gateway) await removeHome(gateway.home);
  });
  beforeEach(async () => {
    addresses = [];
    complaints = [];
    context = await (browser as Browser).newContext();
    page = await context.newPage();
    page.on("request", (request) => addresses.push(request.url()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
    });
  });
  afterEach(() => context.close());

  const own = () => gateway as GatewayProcess;
  const signIn = async (secret = own().token): Promise<void> => {
    await page.goto(own().url);
    await page.fill("input[name=secret]", secret);
    await page.press("input[name=secret]", "Enter");
  };
  const open = async (view: string): Promise<void> => {
    await signIn();
    await page.click(`.tabs a[href="#/${view}"]`);
  };
  const say = async (text: string): Promise<void> => {
    await page.fill("textarea", text);
    await page.press("textarea", "Enter");
  };

  it("asks for the token, and says when it is the wrong one", async () => {
    await signIn("wrong");
    await page.getByText("the credential is not valid here").waitFor();
    expect(await page.locator(".trouble").innerText()).to.equal(
      "the credential is not valid here; copy the whole token again, and nothing else",
    );
    expect(await page.locator(".row").count()).to.equal(0);
  });

  it("shows how the gateway is, and its sessions", async () => {
    await signIn();
    await page.locator(".row", { hasText: "main" }).waitFor();
    expect(await page.locator(".status").innerText()).to.match(
      /ready\s+version 0\.0\.0-test\s+up \d+ (s|min)\s+echo\/echo/,
    );
  });

  it("shows an answer while it comes, then the transcript", async () => {
    await signIn();
    await page.locator(".transcript").waitFor();
    const words = `one two three ${"and on ".repeat(5)}to the end`;
    await say(`/slow 200\n${words}`);
    const draft = page.locator(".message.draft .text");
    await draft.filter({ hasText: "two" }).waitFor();
    expect(await draft.innerText()).to.not.contain("end");
    await page.locator(".message.theirs:not(.draft)", { hasText: words }).waitFor();
    expect(await page.locator(".message.own", { hasText: "/slow 200" }).count()).to.equal(1);
    expect(await page.locator(".message.draft").count()).to.equal(0);
  });

  it("stops an answer", async () => {
    await signIn();
    await page.locator(".transcript").waitFor();
    await say("/slow 500\na b c d e f g h i j k l m n o p");
    await page.locator(".message.draft .text", { hasText: "a" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".message footer", { hasText: "cut off" }).waitFor();
  });

  it("shows what others say as text, whatever is in it", async () => {
    await signIn();
    await page.locator(".transcript").waitFor();
    await say("<img src=x onerror=alert(1)><b>bold</b>");
    await page.locator(".message.theirs .text", { hasText: "<b>bold</b>" }).first().waitFor();
    expect(await page.locator(".message img, .message .text b").count()).to.equal(0);
  });

  it("shows runs and events", async () => {
    await open("runs");
    await page.locator(".runs .entry", { hasText: "done" }).first().waitFor();
    await page.click('.tabs a[href="#/events"]');
    await page.locator(".events .entry", { hasText: "sessions/main/messages/" }).first().waitFor();
  });

  it("shows the log as it is written", async () => {
    await open("log");
    await page.locator(".log .entry", { hasText: "RunService/CreateRun" }).first().waitFor();
  });

  it("stays signed in when it is read again, and forgets the token with its tab", async () => {
    await signIn();
    await page.locator(".row").first().waitFor();
    await page.reload();
    await page.locator(".row").first().waitFor();
    const other = await context.newPage();
    await other.goto(own().url);
    await other.locator("input[name=secret]").waitFor();
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).to.deep.equal([0, ""]);
  });

  it("forgets the token when asked to", async () => {
    await signIn();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("input[name=secret]").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).to.equal(0);
  });

  it("begins with the list on a phone, and fits", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn();
    await page.locator(".row").first().waitFor();
    expect(await page.locator(".transcript").isVisible()).to.equal(false);
    await page.locator(".row").first().click();
    await page.locator("textarea").waitFor();
    expect(await page.locator(".sessions").isVisible()).to.equal(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(390);
    await page.click(".back");
    await page.locator(".row").first().waitFor();
  });

  it("says when the gateway is not heard, and goes on when it is back", async () => {
    await page.route("**/WatchEvents", (route) => route.abort());
    await signIn();
    await page.locator(".status", { hasText: "not connected" }).waitFor();
    await say("still there?");
    await page.unroute("**/WatchEvents");
    await page.locator(".status", { hasText: "ready" }).waitFor();
    await page.locator(".message.theirs", { hasText: "still there?" }).waitFor();
  });

  it("reads everything anew when the gateway no longer knows the place it had come to", async () => {
    const frame = (end: object): Buffer => {
      const text = Buffer.from(JSON.stringify(end));
      const head = Buffer.from([2, 0, 0, 0, 0]);
      head.writeUInt32BE(text.length, 1);
      return Buffer.concat([head, text]);
    };
    const body = frame({ error: { code: "out_of_range", message: "the cursor is too old" } });
    await page.route("**/WatchEvents", (route) => route.abort());
    await signIn();
    await page.locator(".status", { hasText: "not connected" }).waitFor();
    await say("said while nobody listened");
    await page.unroute("**/WatchEvents");
    await page.route("**/WatchEvents", (route) => route.fulfill({ contentType: "application/connect+json", body }), {
      times: 1,
    });
    await page.locator(".message.theirs", { hasText: "said while nobody listened" }).waitFor();
    await page.locator(".status", { hasText: "ready" }).waitFor();
  });

  it("believes what happened while a session was read more than what was read", async () => {
    const { runs } = createGatewayClient({ url: own().url, token: own().token });
    await signIn();
    await page.locator(".transcript").waitFor();
    const { run } = await runs.createRun({
      parent: "sessions/main",
      parts: [{ kind: { case: "text", value: "/slow 300\nover before it was read" } }],
    });
    const over = Promise.withResolvers<void>();
    await page.route("**/GetSession", async (route) => {
      const response = await route.fetch();
      await over.promise;
      await route.fulfill({ response });
    });
    await page.evaluate(() => {
      location.hash = "#/sessions/main?again";
      location.hash = "#/sessions/main";
    });
    await page.locator(".message.theirs:not(.draft)", { hasText: "over before it was read" }).waitFor();
    await page.waitForTimeout(200);
    over.resolve();
    await page.waitForTimeout(500);
    expect(await page.getByRole("button", { name: "Stop" }).isVisible(), run?.name).to.equal(false);
    expect(await page.locator(".message.draft").count()).to.equal(0);
  });

  it("does not show why one session could not be read in the next", async () => {
    await signIn();
    await page.locator(".row", { hasText: "main" }).waitFor();
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await page.route("**/GetSession", async (route) => {
      if (!route.request().postData()?.includes("sessions/nowhere")) return route.fallback();
      asked.resolve();
      await left.promise;
      return route.fallback();
    });
    const go = (hash: string) => page.evaluate((to) => location.assign(to), hash);
    await go("#/sessions/nowhere");
    await asked.promise;
    const read = page.waitForResponse("**/ListMessages");
    await go("#/sessions/main");
    await (await read).finished();
    await page.waitForTimeout(100);
    const answer = page.waitForResponse((response) => response.status() === 404);
    left.resolve();
    await answer;
    await page.waitForTimeout(200);
    expect(await page.locator(".transcript .trouble").textContent()).to.equal("");
  });

  it("calls nobody any more with a credential that is no longer good", async () => {
    const operator = createGatewayClient({ url: own().url, token: own().token });
    const { secret, token } = await operator.access.createToken({ tokenId: "page", scopes: [Scope.ADMIN] });
    await signIn(secret);
    await page.click('.tabs a[href="#/log"]');
    await page.locator(".log .entry").first().waitFor();
    await operator.access.revokeToken({ name: token?.name ?? "" });
    await page.locator("input[name=secret]").waitFor();
    const before = addresses.length;
    await page.evaluate(() => {
      location.hash = "#/sessions/main";
    });
    await page.waitForTimeout(3_500);
    expect(addresses.slice(before)).to.deep.equal([]);
  });

  it("calls its own gateway alone, never with the token in an address, and without a complaint of the browser", async () => {
    await open("log");
    await page.locator(".log .entry").first().waitFor();
    expect(addresses.filter((address) => !address.startsWith(own().url) && !address.startsWith("data:"))).to.deep.equal(
      [],
    );
    expect(addresses.some((address) => address.includes(own().token))).to.equal(false);
    expect(complaints).to.deep.equal([]);
  });
});
