/** Sessions as a collection: create, get, list, update, reset, delete. */

import { Session_Kind as Kind, type Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { type Changes, gatewayActor } from "../changes.ts";
import { alreadyExists, etagMismatch, protectedResource, sessionBusy } from "../errors.ts";
import { RecentReads } from "../event/recent-reads.ts";
import { mainAgent, mainSession, requireSessionName, sessionNameFrom } from "../names.ts";
import { doOnce, type Once } from "../once.ts";
import type { Recorder } from "../recorder.ts";
import { getSession } from "../run/run-transitions.ts";
import type { Store, WriteTables } from "../store.ts";
import { copyTranscript, readFork } from "./fork.ts";
import { type ListSessions, listSessions, type SessionPage } from "./list-sessions.ts";
import { newSession, startGeneration } from "./new-session.ts";
import { checkSession, maskedChanges } from "./session-fields.ts";

/** What to create, and on whose behalf. */
export interface CreateSession {
  /** Wanted title, labels, settings, chat, pinned, agent. */
  readonly session?: Session;
  /** Empty means a new id. */
  readonly sessionId: string;
  /** Session or message to fork from; empty means none. */
  readonly forkFrom: string;
  readonly actor: string;
}

/** Which session to change or delete, as the caller knows it. */
export interface KnownSession {
  readonly name: string;
  /** Empty means whatever it is. */
  readonly etag: string;
  readonly actor: string;
}

/** The sessions of the gateway. */
export class Sessions {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #pages: RecentReads<SessionPage>;

  constructor(store: Store, changes: Changes) {
    this.#pages = new RecentReads(store);
    this.#store = store;
    this.#changes = changes;
  }

  /** Makes "sessions/main" unless it is there. */
  async start(): Promise<void> {
    if ((await this.#store.read(({ sessions }) => sessions.find(mainSession))) !== undefined) return;
    await this.#changes.transact(gatewayActor, (recorder) =>
      recorder.insertSession(newSession(recorder, { name: mainSession, kind: Kind.MAIN })),
    );
  }

  /** Fails with NOT_FOUND. */
  get(name: string): Promise<{ session: Session; sequence: number }> {
    requireSessionName(name, "name");
    return this.#store.read(async (tables) => ({
      session: await getSession(tables, name),
      sequence: await tables.events.head(),
    }));
  }

  list(request: ListSessions): Promise<SessionPage> {
    const { filter, query, pageSize: size, pageToken } = request;
    return this.#pages.get(JSON.stringify([filter, query, size, pageToken]), () => listSessions(this.#store, request));
  }

  /** An empty session, or a fork. Fails with ALREADY_EXISTS, FIELD_INVALID, and NOT_FOUND for what is forked. */
  create(request: CreateSession, once: Once<Session>): Promise<Session> {
    if (request.session !== undefined) checkSession(request.session);
    return this.#changes.transact(request.actor, (recorder) =>
      doOnce(recorder, once, () => this.#create(recorder, request)),
    );
  }

  /** Changes the masked fields; an empty mask means those that are set. Fails with NOT_FOUND, ETAG_MISMATCH, FIELD_INVALID. */
  update(wanted: Session, paths: readonly string[], actor: string): Promise<Session> {
    requireSessionName(wanted.name, "session.name");
    checkSession(wanted);
    return this.#changes.transact(actor, async (recorder) => {
      const session = await getSession(recorder.tables, wanted.name);
      checkEtag(session, wanted.etag);
      const changes = maskedChanges(session, wanted, paths);
      return recorder.updateSession(session, changes);
    });
  }

  /** Starts a new generation. Fails with NOT_FOUND, ETAG_MISMATCH, SESSION_BUSY. */
  reset(known: KnownSession, once: Once<Session>): Promise<Session> {
    requireSessionName(known.name, "name");
    return this.#changes.transact(known.actor, (recorder) =>
      doOnce(recorder, once, async () => {
        const session = await this.#findIdle(recorder.tables, known);
        return startGeneration(recorder, session);
      }),
    );
  }

  /** Deletes session, transcript and runs. Fails with NOT_FOUND, ETAG_MISMATCH, SESSION_BUSY, PROTECTED. */
  async delete(known: KnownSession): Promise<void> {
    requireSessionName(known.name, "name");
    if (known.name === mainSession) throw protectedResource(known.name, "cannot be deleted; reset it instead");
    await this.#changes.transact(known.actor, async (recorder) => {
      await recorder.deleteSession(await this.#findIdle(recorder.tables, known));
    });
  }

  async #create(recorder: Recorder, request: CreateSession): Promise<Session> {
    const { tables } = recorder;
    const name = sessionNameFrom(request.sessionId === "" ? recorder.newId() : request.sessionId, "session_id");
    if ((await tables.sessions.find(name)) !== undefined) throw alreadyExists(name);
    const { title, labels, settings, pinned, chat } = request.session ?? {};
    const fork = request.forkFrom === "" ? undefined : await readFork(tables, request.forkFrom);
    const session = newSession(recorder, { name, kind: Kind.CLIENT });
    Object.assign(session, {
      title: title ?? "",
      labels: labels ?? {},
      pinned: pinned ?? false,
      settings: settings ?? fork?.session.settings,
      chat,
      agent: request.session?.agent || fork?.session.agent || mainAgent,
      parent: fork?.session.name ?? "",
      messageCount: fork?.messages.length ?? 0,
      contextTokens: fork?.session.contextTokens ?? 0n,
    });
    await recorder.insertSession(session);
    if (fork === undefined) return session;
    const summedUp = await copyTranscript(recorder, session, fork.messages);
    return "summary" in summedUp ? recorder.updateSession(session, summedUp) : session;
  }

  async #findIdle(tables: WriteTables, known: KnownSession): Promise<Session> {
    const session = await getSession(tables, known.name);
    checkEtag(session, known.etag);
    if (session.activeRun !== "") throw sessionBusy(session.name, session.activeRun);
    const [queued] = session.queuedRunCount > 0 ? await tables.runs.listQueued(session.name) : [];
    if (queued !== undefined) throw sessionBusy(session.name, queued.run.name);
    return session;
  }
}

function checkEtag(session: Session, etag: string): void {
  if (etag !== "" && etag !== session.etag) throw etagMismatch(session.name, session.etag);
}
