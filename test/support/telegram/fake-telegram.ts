/** The Bot API on this machine, as far as a bot needs it: it keeps updates until they are confirmed, and breaks on purpose. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { BreakableServer } from "../breakable-server.ts";
import { type BotMessage, FakeChats, Refused } from "./fake-methods.ts";
import { type Payload, readPayload } from "./fake-payload.ts";
import { type FakeUpdate, FakeUpdates } from "./fake-updates.ts";

/** What happens to the next call of a method. */
export type FakeFault = Refused | "cut before" | "cut after" | "bad gateway";

/** A call as it came. */
export interface FakeCall {
  readonly method: string;
  readonly payload: Payload;
}

/** See the file's first line. */
export class FakeTelegram extends BreakableServer {
  readonly token = "123456:fake-Token_1";
  readonly me = { id: 123_456, is_bot: true, first_name: "Claw", username: "claw_bot" };
  readonly calls: FakeCall[] = [];
  readonly chats = new FakeChats();
  readonly updates = new FakeUpdates();
  /** Content of files people sent, by id. */
  readonly files = new Map<string, Buffer>();
  /** Where requests for files are sent instead. */
  redirectFiles: string | undefined;
  webhook: { url: string; secret: string } = { url: "", secret: "" };
  readonly #faults = new Map<string, FakeFault>();

  constructor() {
    super(createServer((request, response) => void this.#serve(request, response)));
  }

  get apiRoot(): string {
    return this.url;
  }

  override async stop(): Promise<void> {
    this.updates.hangUp();
    await super.stop();
  }

  /** The next call of the method goes wrong. */
  failNext(method: string, fault: FakeFault): void {
    this.#faults.set(method, fault);
  }

  /** Somebody writes; the message is completed to one from Mia in her conversation with the bot. */
  say(message: Readonly<Record<string, unknown>>, kind = "message"): FakeUpdate {
    const mia = { id: 1_001, is_bot: false, first_name: "Mia" };
    const usual = {
      message_id: this.chats.nextId(),
      date: 1_790_000_000,
      from: mia,
      chat: { ...mia, type: "private" },
    };
    return this.updates.add({ [kind]: { ...usual, ...message } });
  }

  /** Somebody's reactions change; Mia's, in her conversation with the bot, unless said otherwise. */
  react(
    about: Readonly<Record<string, unknown>>,
    before: readonly string[],
    after: readonly string[],
  ): FakeUpdate | undefined {
    // The Bot API tells of them only to who asked for it.
    if (!this.updates.wanted.includes("message_reaction")) return undefined;
    const user = { id: 1_001, is_bot: false, first_name: "Mia" };
    const emojis = (texts: readonly string[]) => texts.map((emoji) => ({ type: "emoji", emoji }));
    const usual = { user, chat: { ...user, type: "private" }, date: 1_790_000_000 };
    const change = { old_reaction: emojis(before), new_reaction: emojis(after) };
    return this.updates.add({ message_reaction: { ...usual, ...about, ...change } });
  }

  /** What the bot said in a conversation, oldest first. */
  saidIn(chat: number): readonly BotMessage[] {
    return this.chats.messages.filter((message) => message.chat === chat);
  }

  /** Calls of one method, oldest first. */
  callsOf(method: string): readonly Payload[] {
    return this.calls.filter((call) => call.method === method).map(({ payload }) => payload);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, root, method = ""] = (request.url ?? "").split("/");
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    if (root === "file") return this.#serveFile(request.url ?? "", response);
    const payload = readPayload(body, request.headers["content-type"] ?? "");
    const fault = this.#faults.get(method);
    this.#faults.delete(method);
    this.calls.push({ method, payload });
    if (fault === "cut before") return void request.socket.resetAndDestroy();
    if (fault === "bad gateway") {
      response.writeHead(502, { "content-type": "text/html" }).end("<html>502 Bad Gateway</html>");
      return;
    }
    try {
      if (root !== `bot${this.token}`) throw new Refused(401, "Unauthorized");
      if (fault instanceof Refused) throw fault;
      const result = await this.#call(method, payload);
      if (fault === "cut after") return void request.socket.resetAndDestroy();
      answer(response, 200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message: description, parameters } = error;
      answer(response, code, { ok: false, error_code: code, description, parameters });
    }
  }

  async #call(method: string, payload: Payload): Promise<unknown> {
    if (method === "getMe") return this.me;
    if (method === "setWebhook" || method === "getUpdates") {
      this.updates.wanted = (payload.allowed_updates as string[] | undefined) ?? this.updates.wanted;
    }
    if (method === "setWebhook") this.webhook = { url: String(payload.url), secret: String(payload.secret_token) };
    if (method === "deleteWebhook") this.webhook = { url: "", secret: "" };
    if (method === "getWebhookInfo")
      return { url: this.webhook.url, pending_update_count: this.updates.pending.length };
    if (method === "getUpdates") return this.#getUpdates(payload);
    if (method === "getFile") {
      const id = String(payload.file_id);
      if (!this.files.has(id)) throw new Refused(400, "Bad Request: invalid file_id");
      return { file_id: id, file_unique_id: id, file_path: `documents/${id}` };
    }
    return this.chats.call(method, payload) ?? true;
  }

  async #getUpdates({ offset, timeout }: Payload): Promise<readonly FakeUpdate[]> {
    if (this.webhook.url !== "")
      throw new Refused(409, "Conflict: can't use getUpdates method while webhook is active");
    const given = await this.updates.ask(offset as number | undefined, Number(timeout ?? 0) * 1_000);
    if (given === "conflict") throw new Refused(409, "Conflict: terminated by other getUpdates request");
    return given;
  }

  #serveFile(url: string, response: ServerResponse): void {
    const content = url.startsWith(`/file/bot${this.token}/`) ? this.files.get(url.split("/").at(-1) ?? "") : undefined;
    if (this.redirectFiles !== undefined) response.writeHead(302, { location: this.redirectFiles }).end();
    else response.writeHead(content === undefined ? 404 : 200).end(content);
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
