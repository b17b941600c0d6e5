import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, hasTerminal, reach, readCli } from "../support/run-cli.ts";

interface Session {
  readonly chat?: Record<string, string>;
  readonly name: string;
  readonly title?: string;
  readonly labels?: Record<string, string>;
  readonly settings?: Record<string, unknown>;
  readonly parent?: string;
  readonly generation?: number;
  readonly messageCount?: number;
  readonly etag: string;
}
interface Message {
  readonly role: string;
  readonly name: string;
  readonly parts: readonly { readonly text?: string }[];
}

describe("openclaw sessions", () => {
  let gateway: GatewayProcess;
  const cli = (...words: string[]) => callCli(gateway, ["sessions", ...words]);
  const json = <T>(...words: string[]) => readCli<T>(gateway, "sessions", ...words);
  const say = (session: string, text: string) => callCli(gateway, ["agent", "--session", session, "-m", text]);
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  describe("create", () => {
    it("takes title, labels, settings and the pin", async () => {
      const options = ["--title", "The garden", "--label", "a=b", "--label", "c=d=e", "--model", "echo/echo", "--pin"];
      const session = await json<Session>("create", "created", ...options, "--max-output", "100");
      expect(session).to.deep.include({ name: "sessions/created", title: "The garden", pinned: true });
      expect(session.labels).to.deep.equal({ a: "b", c: "d=e" });
      expect(session.settings).to.deep.equal({ model: "echo/echo", maxOutputTokens: 100 });
    });

    it("makes an id when none is given", async () => {
      expect((await json<Session>("create")).name).to.match(/^sessions\/[0-9A-Z]{26}$/);
    });

    it("makes no other id of one that is none", async () => {
      const { code, stderr } = await cli("create", "a/b");
      expect(code).to.equal(1);
      expect(stderr).to.contain("session_id").and.contain("a/b");
      expect((await cli("show", "b")).stderr).to.contain("sessions/b does not exist");
    });

    it("fails for an id that is taken", async () => {
      const { code, stderr } = await cli("create", "main");
      expect(code).to.equal(1);
      expect(stderr).to.equal("error: sessions/main exists already; choose another id or update it\n");
    });
  });

  describe("list", () => {
    before(async () => {
      for (const id of ["list-1", "list-2", "list-3"])
        await json("create", id, "--title", "Listed", "--label", `id=${id}`);
      await json("update", "list-3", "--archive");
    });

    it("prints a table", async () => {
      const { code, stdout } = await cli("list", "listed");
      expect(code).to.equal(0);
      const [head, ...rows] = stdout.trimEnd().split("\n");
      expect(head).to.match(/^SESSION +TITLE +MESSAGES +ACTIVE$/);
      expect(rows.map((row) => row.split(/ {2,}/)[0])).to.have.members(["list-1", "list-2"]);
    });

    it("loads nothing of fetch, which takes longer than all the rest", async () => {
      const report = join(gateway.home, "report.cjs");
      const text =
        "process.on('exit', () => console.error(process.moduleLoadList.filter((m) => m.includes('undici'))));";
      await writeFile(report, text);
      const environment = { NODE_OPTIONS: `--require=${report}` };
      const { stdout, stderr } = await callCli(gateway, ["sessions", "list"], { environment });
      expect(stdout).to.contain("list-1");
      expect(stderr).to.equal("[]\n");
    });

    it("is what sessions alone means", async () => {
      expect((await cli()).stdout).to.contain("list-1");
    });

    it("stops at the limit and says how to go on", async () => {
      const { stdout, stderr } = await cli("list", "listed", "--limit", "1");
      expect(stdout.trimEnd().split("\n")).to.have.length(2);
      expect(stderr).to.equal("there are more: --limit, or --all\n");
    });

    it("goes on at the page token", async () => {
      const first = await json<{ sessions: Session[]; nextPageToken: string }>("list", "listed", "--limit", "1");
      const second = await json<{ sessions: Session[] }>("list", "listed", "--page-token", first.nextPageToken);
      const names = [...first.sessions, ...second.sessions].map((session) => session.name);
      expect(names).to.have.members(["sessions/list-1", "sessions/list-2"]);
    });

    it("collects every page with --all", async () => {
      const { sessions, nextPageToken } = await json<{ sessions: Session[]; nextPageToken: string }>("list", "--all");
      expect(sessions.length).to.be.greaterThan(3);
      expect(nextPageToken).to.equal("");
    });

    it("filters by label and by archive", async () => {
      const names = async (...words: string[]) =>
        (await json<{ sessions: Session[] }>("list", ...words)).sessions.map((session) => session.name);
      expect(await names("--label", "id=list-2")).to.deep.equal(["sessions/list-2"]);
      expect(await names("--archived")).to.deep.equal(["sessions/list-3"]);
      expect(await names("--kind", "main")).to.deep.equal(["sessions/main"]);
    });

    it("says when there is nothing", async () => {
      expect(await cli("list", "nothing-like-this")).to.deep.equal({ code: 0, stdout: "", stderr: "no sessions\n" });
    });
  });

  describe("show", () => {
    it("shows main unless told otherwise", async () => {
      expect((await json<Session>("show")).name).to.equal("sessions/main");
      expect((await cli("show")).stdout).to.match(/^name +sessions\/main\nstate +idle\n/);
    });

    it("fails for a session that is not there", async () => {
      expect(await cli("show", "nobody")).to.deep.equal({
        code: 1,
        stdout: "",
        stderr: "error: sessions/nobody does not exist\n  next: see: openclaw sessions list\n",
      });
    });

    it("fails with all the gateway said as JSON", async () => {
      const { stderr } = await cli("show", "nobody", "--json");
      expect(JSON.parse(stderr).error).to.deep.include({
        code: "not_found",
        reason: "NOT_FOUND",
        metadata: { name: "sessions/nobody" },
      });
    });
  });

  describe("update", () => {
    before(() => json("create", "changed", "--label", "keep=1", "--label", "drop=1", "--model", "echo/echo"));

    it("changes what is given and keeps the rest", async () => {
      const changed = await json<Session>(
        "update",
        "changed",
        "--title",
        "New",
        "--label",
        "drop=",
        "--label",
        "add=2",
      );
      expect(changed).to.deep.include({ title: "New", labels: { keep: "1", add: "2" } });
      expect(changed.settings).to.deep.equal({ model: "echo/echo" });
    });

    it("does not give a setting and take it back at once", async () => {
      const { code, stderr } = await cli("update", "changed", "--model", "a/b", "--inherit", "model");
      expect([code, stderr]).to.deep.equal([
        2,
        "error: --model and --inherit model contradict each other\n  next: leave one of them out\n",
      ]);
    });

    it("says how it behaves on channels, and takes that back", async () => {
      await json("create", "spoken");
      const options = ["--send", "off", "--activation", "always", "--usage", "full", "--queue", "followup"];
      const spoken = await json<Session>("update", "spoken", ...options);
      expect(spoken.chat).to.deep.equal({ send: "off", activation: "always", usage: "full", queueMode: "follow_up" });
      const patient = await json<Session>("update", "spoken", "--queue-debounce", "900", "--queue-cap", "2");
      expect(patient.chat).to.include({ queueDebounceMs: 900, queueCap: 2 });
      expect((await cli("show", "spoken")).stdout).to.contain("queue-debounce=900 queue-cap=2");
      await json<Session>("update", "spoken", "--inherit", "queue-debounce", "--inherit", "queue-cap");
      const quiet = await json<Session>("update", "spoken", "--inherit", "send", "--inherit", "queue");
      expect(quiet.chat).to.deep.equal({ activation: "always", usage: "full" });
    });

    it("takes a setting back", async () => {
      const changed = await json<Session>("update", "changed", "--thinking", "high", "--inherit", "model");
      expect(changed.settings).to.deep.equal({ thinking: "high" });
    });

    it("fails when the session is not what the caller saw", async () => {
      const { code, stderr } = await cli("update", "changed", "--title", "Late", "--etag", "0");
      expect(code).to.equal(1);
      expect(stderr).to.contain("sessions/changed changed meanwhile");
    });
  });

  describe("with messages", () => {
    before(async () => {
      for (const text of ["first question", "the \u001b[31m cucumber grows", "third question"]) await say("talk", text);
    });
    const texts = (messages: Message[]): string[] =>
      messages.map(({ parts }) => parts.map(({ text }) => text).join(""));

    it("history shows them oldest first", async () => {
      const { messages } = await json<{ messages: Message[] }>("history", "talk");
      expect(messages.map(({ role }) => role)).to.deep.equal(Array(3).fill(["ROLE_USER", "ROLE_ASSISTANT"]).flat());
      expect(texts(messages)[0]).to.equal("first question");
    });

    it("history shows the latest ones, for people, without what would change their terminal", async () => {
      const { stdout, stderr } = await cli("history", "talk", "--limit", "3");
      expect(stdout.match(/^(user|assistant) /gm)).to.deep.equal(["assistant ", "user ", "assistant "]);
      expect(stdout).to.contain("the [31m cucumber grows").and.not.to.contain("\u001b");
      expect(stderr).to.contain("there are older ones: --limit, or --all");
    });

    it("history looks around a message, or goes on with a list", async () => {
      const { code, stderr } = await cli("history", "talk", "--around", "x", "--page-token", "y");
      expect([code, stderr]).to.deep.equal([
        2,
        "error: --around and --page-token contradict each other\n  next: leave one of them out\n",
      ]);
    });

    it("history shows what is around a message", async () => {
      const all = await json<{ messages: Message[] }>("history", "talk");
      const middle = all.messages[2]!.name;
      const { messages } = await json<{ messages: Message[] }>("history", "talk", "--limit", "2", "--around", middle);
      expect(messages.map(({ name }) => name)).to.include(middle);
    });

    it("search finds words, in one session and of one side", async () => {
      const { hits } = await json<{ hits: { message: Message }[] }>(
        "search",
        "cucumber",
        "--role",
        "user",
        "--session",
        "talk",
      );
      expect(hits.map(({ message }) => message.role)).to.deep.equal(["ROLE_USER"]);
      const { stdout } = await cli("search", "cucumber", "grows");
      expect(stdout)
        .to.contain("talk, user")
        .and.not.to.match(/[\u0002\u0003\u001b]/);
    });

    it("fork copies them, or the first of them", async () => {
      const copy = await json<Session>("fork", "talk", "talk-copy", "--title", "Copy");
      expect(copy).to.include({ name: "sessions/talk-copy", parent: "sessions/talk", title: "Copy", messageCount: 6 });
      const { messages } = await json<{ messages: Message[] }>("history", "talk");
      const id = messages[1]!.name.split("/").at(-1)!;
      expect(await json("fork", "talk", "--message", id)).to.include({ messageCount: 2 });
    });

    it("reset begins a new transcript and keeps the old one", async () => {
      await json("fork", "talk", "talk-reset");
      const { code, stdout } = await cli("reset", "talk-reset", "--yes");
      expect([code, stdout]).to.deep.equal([0, "talk-reset begins anew (generation 2)\n"]);
      const old = await json<{ messages: Message[] }>("history", "talk-reset", "--generation", "1");
      expect(old.messages).to.have.length(6);
      expect((await cli("history", "talk-reset")).stderr).to.equal("no messages\n");
    });
  });

  describe("delete", () => {
    it("deletes with --yes", async () => {
      await json("create", "gone");
      expect(await cli("delete", "gone", "-y")).to.deep.equal({
        code: 0,
        stdout: "deleted sessions/gone\n",
        stderr: "",
      });
      expect((await cli("show", "gone")).code).to.equal(1);
    });

    it("refuses to guess where nobody can be asked", async () => {
      await json("create", "kept");
      const { code, stderr } = await cli("delete", "kept");
      expect(code).to.equal(2);
      expect(stderr).to.contain("add --yes");
      expect((await cli("show", "kept")).code).to.equal(0);
    });

    it("asks in a terminal, and takes only yes for a yes", async function () {
      if (!hasTerminal()) return this.skip();
      for (const [answer, code] of [
        ["\n", 1],
        ["n\n", 1],
        ["y\n", 0],
      ] as const) {
        await callCli(gateway, ["sessions", "create", "asked"]);
        const run = new CliRun(["sessions", "delete", "asked"], { terminal: true, environment: reach(gateway) });
        await run.written("this cannot be undone. [y/N]");
        run.child.stdin.write(answer);
        expect((await run.result).code, JSON.stringify(answer)).to.equal(code);
        expect((await cli("show", "asked")).code, JSON.stringify(answer)).to.equal(code === 0 ? 1 : 0);
      }
    });
  });
});
