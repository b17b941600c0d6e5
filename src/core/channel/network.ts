/**
 * The port of messaging networks: what a folder under channels/ implements, in-process or for a driver outside.
 *
 * The middle never asks which network it is: it looks at capabilities, and at which optional methods a connection has.
 */

import type { Capabilities, DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage, Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Log } from "../../lib/log.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import type { HookHandler } from "./http-hooks.ts";

/** A network. One object serves all accounts on it; it is loaded when the first of them is configured. */
export interface Network {
  /** Its name in lower case; the first part of the channel's name. */
  readonly kind: string;
  /**
   * A connection for one account; nothing happens before `run`. `settings` is the account's configuration, checked against
   * the network's schema and with secrets filled in. Throws MisconfiguredError when it cannot work.
   */
  connect(settings: unknown, host: ChannelHost): Connection;
}

/** What a connection is given by the gateway. */
export interface ChannelHost {
  /** "channels/{channel}". */
  readonly channel: string;
  readonly log: Log;
  /**
   * Hands in one inbound message. Resolves when it is safe on disk: acknowledge it to the network then, not before. The same
   * platform id in the same conversation again changes nothing and gives the same answer. `backfillCursor` is kept in the
   * same transaction. Rejects when it could not be kept: do not acknowledge, try again.
   */
  receive(message: InboundMessage, backfillCursor?: string): Promise<Ingress>;
  /** What was last kept as cursor; empty at first. */
  backfillCursor(): Promise<string>;
  /** Keeps a cursor without a message (updates that carry none). */
  keepCursor(cursor: string): Promise<void>;
  /** The network took us in: messages flow. `title` is who we are there. */
  online(title: string): void;
  /** The connection is there but not usable for a while (it resumes by itself), or usable again after `online`. */
  offline(reason: string): void;
  /** As `offline`, but it resumes only once somebody has logged in. Only for networks that log in while they are connected. */
  loginRequired(reason: string): void;
  /**
   * Answers POSTs to a path of the gateway's own port until `signal` of the run aborts; "/hooks/{channel}" unless the network
   * has a custom of its own. Requests come unauthenticated: check their signature first, and answer 401 when it is wrong.
   */
  serveHook(handler: HookHandler, signal: AbortSignal, path?: string): void;
  /** What a login left (tokens, keys), or undefined. Kept in the state folder, mode 0600. */
  loadCredentials(): Promise<string | undefined>;
  /** Keeps what a login left; undefined forgets it. */
  saveCredentials(credentials: string | undefined): Promise<void>;
  /** Keeps a file that came in. Fails with TOO_LARGE beyond `maxBytes` or the channel's limit. Its type is what its bytes say. */
  storeFile(content: AsyncIterable<Uint8Array>, file: { fileName: string; maxBytes?: number }): Promise<Attachment>;
  /** A file to send. What is read rejects with an UnsentError when it cannot be had: trying again is of no use. */
  readFile(attachment: Attachment): AsyncIterable<Uint8Array>;
}

/** Where something goes. */
export interface Address {
  /** The network's own address of the conversation. */
  readonly address: string;
  /** Address of the group when the conversation is a thread in it. */
  readonly parentAddress: string;
}

/** One live account. Its methods other than `run` are called only while it is online. */
export interface Connection {
  readonly capabilities: Capabilities;
  /**
   * Connects, calls `host.online`, and stays until `signal` aborts; then disconnects and resolves. Rejects when the
   * connection fails or breaks: it is run again after a pause. Reject with MisconfiguredError or LoginRequiredError when
   * trying again is of no use.
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Does what the action says and resolves with the network's ids of what was sent. Never called for what capabilities
   * exclude; text is within their limits. Rejects with UnsentError when it is provably unsent. Any other rejection means
   * that nobody knows.
   */
  send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]>;
  /** Shows that the agent writes; the network forgets it by itself after a while. */
  typing?(to: Address, active: boolean): Promise<void>;
  /** Asks the network whether the credentials work; resolves with who we are there. */
  probe?(signal: AbortSignal): Promise<string>;
  /**
   * True when `logIn`, `answer` and `logOut` are for the connection that runs, which tells the host what becomes of it; without,
   * the channel is disconnected during a login, and connected anew afterwards.
   */
  readonly logsInLive?: boolean;
  /** Logs in step by step; ends when it worked, throws when it did not. */
  logIn?(force: boolean, signal: AbortSignal): AsyncIterable<LoginStep>;
  /** Answers the question of a login step. */
  answer?(text: string): void;
  /** Ends the session on the network. */
  logOut?(): Promise<void>;
  /** Looks up people and groups on the network. */
  lookUp?(query: DirectoryQuery): Promise<readonly DirectoryEntry[]>;
  /** Finds out what became of a delivery whose outcome is unknown; undefined when the network cannot say either. */
  reconcile?(delivery: Delivery, to: Address): Promise<Reconciled | undefined>;
}

/** Which try of which delivery; networks with client-made ids derive them from it. */
export interface SendAttempt {
  /** "channels/{channel}/deliveries/{delivery}". The same for every try; another one for each edit of a preview. */
  readonly delivery: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** What became of a delivery after all. */
export type Reconciled =
  | { readonly outcome: "sent"; readonly platformIds: readonly string[] }
  | { readonly outcome: "unsent" };

/** One step of a login, to be shown to a person. */
export type LoginStep =
  | { readonly kind: "qr"; readonly text: string }
  | { readonly kind: "link"; readonly url: string }
  | { readonly kind: "prompt"; readonly question: string; readonly secret?: boolean };

/** What to look up. */
export interface DirectoryQuery {
  readonly kind: "self" | "peers" | "groups" | "members";
  /** Words, or the address of the group whose members are asked for. */
  readonly query: string;
  readonly limit: number;
}

/** Nothing was sent, that is certain. */
export class UnsentError extends Error {
  /** True when trying again is of no use: the network refused this message or this conversation. */
  readonly permanent: boolean;
  /** When the network wants to be asked again, in ms; undefined leaves it to the outbox. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { permanent?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UnsentError";
    this.permanent = options.permanent ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** For what failed before anything was sent: `what` failed, and the error's own words. One that says it already is left as it is. */
  static from(error: unknown, what = ""): UnsentError {
    if (error instanceof UnsentError) return error;
    return new UnsentError([what, errorWords(error)].filter(Boolean).join(": "), { cause: error });
  }
}

/** The account's settings or credentials cannot work; nothing is tried until they change. Lower-case text with the next step. */
export class MisconfiguredError extends Error {
  override readonly name = "MisconfiguredError";
}

/** The network wants somebody to log in. */
export class LoginRequiredError extends Error {
  override readonly name = "LoginRequiredError";
}
