/** Discord on this machine: its HTTP interface and its gateway, as documented, with one guild and one person. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { BreakableServer } from "../breakable-server.ts";
import { DiscordGateway } from "./discord-gateway.ts";
import { DiscordPlace, selfUser } from "./discord-place.ts";
import { type Answer, answerRequest } from "./discord-requests.ts";

/** What the bot has to show. */
export const discordToken = "test-bot-token";

/** One request we made. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** See the file's first line. */
export class FakeDiscord extends BreakableServer<Server> {
  readonly place = new DiscordPlace();
  readonly gateway: DiscordGateway;
  readonly asked: Asked[] = [];
  /** Answers to give instead of the usual ones, to the next requests they fit. */
  readonly special: { readonly fits: (asked: Asked) => boolean; readonly answer: Answer | "arrives, then silence" }[] =
    [];

  constructor() {
    super(createServer((request, response) => void this.#serve(request, response)));
    this.gateway = new DiscordGateway(this.place, () => `ws://127.0.0.1:${this.port}`, discordToken);
    this.server.on("upgrade", (request, socket, head) => this.gateway.upgrade(request, socket as Socket, head));
    this.place.onEvent = (name, data) => this.gateway.tell(name, data);
  }

  get apiRoot(): string {
    return `${this.url}/api/v10`;
  }

  override async stop(): Promise<void> {
    this.gateway.close();
    await super.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const raw = await buffer(request).catch(() => undefined);
    if (raw === undefined) return;
    if (url.pathname.startsWith("/files/")) {
      response.end(this.place.files.get(url.pathname.slice(7)) ?? "");
      return;
    }
    const asked: Asked = {
      method: request.method ?? "GET",
      path: url.pathname.replace("/api/v10", ""),
      body: bodyOf(raw, request.headers["content-type"] ?? ""),
    };
    this.asked.push(asked);
    if (request.headers.authorization !== `Bot ${discordToken}`) {
      write(response, { status: 401, body: { message: "401: Unauthorized", code: 0 } });
      return;
    }
    const at = this.special.findIndex(({ fits }) => fits(asked));
    const [special] = at === -1 ? [] : this.special.splice(at, 1);
    if (special !== undefined && special.answer !== "arrives, then silence") {
      write(response, special.answer);
      return;
    }
    const answer = answerRequest(this.place, {
      ...asked,
      query: url.searchParams,
      root: `ws://127.0.0.1:${this.port}`,
    });
    if (special === undefined) write(response, answer);
    else this.cut();
  }
}

/** JSON, or the JSON part of a form; what else the form holds is noted by name. */
function bodyOf(raw: Buffer, type: string): Record<string, unknown> {
  if (!type.startsWith("multipart/")) return raw.length === 0 ? {} : JSON.parse(raw.toString());
  const text = raw.toString("latin1");
  const payload = /name="payload_json"\r\n\r\n([\s\S]*?)\r\n--/.exec(text)?.[1] ?? "{}";
  const [, name = "", content = ""] =
    /name="files\[0\]"; filename="([^"]*)"[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(text) ?? [];
  return { ...JSON.parse(Buffer.from(payload, "latin1").toString()), files: [{ name, content }] };
}

function write(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

/** Who we are there. */
export const self = selfUser;
