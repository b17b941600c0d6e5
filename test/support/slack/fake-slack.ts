/** Slack on this machine: its Web API and its socket mode, as documented, with one workspace. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { text as readText } from "node:stream/consumers";
import { BreakableServer } from "../breakable-server.ts";
import { answerCall, type Called } from "./slack-methods.ts";
import { SlackPlace, selfUser } from "./slack-place.ts";
import { SlackSockets } from "./slack-sockets.ts";

/** What the bot and the app have to show. */
export const slackTokens = { botToken: "test-bot-token", appToken: "test-app-token" };

/** An answer other than the usual one. */
export type SpecialAnswer =
  | { readonly body: object; readonly status?: number; readonly headers?: Record<string, string> }
  | "arrives, then silence";

/** See the file's first line. */
export class FakeSlack extends BreakableServer<Server> {
  readonly place = new SlackPlace();
  readonly sockets = new SlackSockets(selfUser.team_id);
  readonly called: Called[] = [];
  /** Answers to give instead of the usual ones, to the next calls of a method. */
  readonly special: { readonly method: string; readonly answer: SpecialAnswer }[] = [];

  constructor() {
    super(createServer((request, response) => void this.#serve(request, response)));
    this.server.on("upgrade", (request, socket, head) => this.sockets.upgrade(request, socket as Socket, head));
    this.place.onEvent = (event) => this.sockets.tell(event);
  }

  get apiRoot(): string {
    return `${this.url}/api/`;
  }

  override async stop(): Promise<void> {
    this.sockets.close();
    await super.stop();
  }

  /** Forms of the calls of a method so far. */
  formsOf(method: string): Called["form"][] {
    return this.called.filter((call) => call.method === method).map(({ form }) => form);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request).catch(() => undefined);
    if (text === undefined) return;
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, first = "", name = ""] = pathname.split("/").map(decodeURIComponent);
    const { authorization } = request.headers;
    if (first === "upload") {
      this.place.files.set(name, text);
      response.end("OK");
    } else if (first === "files") {
      const mayRead = authorization === `Bearer ${slackTokens.botToken}`;
      response.writeHead(mayRead ? 200 : 403).end(mayRead ? this.place.files.get(name) : "");
    } else this.#answer({ method: name, form: Object.fromEntries(new URLSearchParams(text)) }, authorization, response);
  }

  #answer(call: Called, authorization: string | undefined, response: ServerResponse): void {
    this.called.push(call);
    const token = call.method === "apps.connections.open" ? slackTokens.appToken : slackTokens.botToken;
    if (authorization !== `Bearer ${token}`) {
      write(response, { body: { ok: false, error: "invalid_auth" } });
      return;
    }
    const at = this.special.findIndex(({ method }) => method === call.method);
    const [special] = at === -1 ? [] : this.special.splice(at, 1);
    if (special !== undefined && special.answer !== "arrives, then silence") {
      write(response, special.answer);
      return;
    }
    const body = answerCall(this.place, call, this.url);
    if (special === undefined) write(response, { body });
    else this.cut();
  }
}

function write(response: ServerResponse, { body, status = 200, headers = {} }: Exclude<SpecialAnswer, string>): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
