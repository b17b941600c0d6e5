/** SessionService: unpack the request, ask the core, pack the answer. */

import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import {
  type AppendMessageResponse,
  AppendMessageResponseSchema,
  type CompactSessionResponse,
  CompactSessionResponseSchema,
  type CreateSessionResponse,
  CreateSessionResponseSchema,
  type ResetSessionResponse,
  ResetSessionResponseSchema,
  SessionService,
} from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import type { Core } from "../../core/core.ts";
import { invalidField } from "../../core/errors.ts";
import { callerKey } from "../caller-key.ts";
import { requestOnce } from "./request-once.ts";

/** Sessions and transcripts over the wire. */
export function sessionService({
  sessions,
  compactions,
  transcript,
  events,
}: Core): ServiceImpl<typeof SessionService> {
  const { method } = SessionService;
  return {
    async listSessions(request) {
      const { sequence, ...page } = await sessions.list(request);
      return { sessions: [...page.sessions], nextPageToken: page.nextPageToken, cursor: events.cursor(sequence) };
    },
    async getSession({ name }) {
      const { session, sequence } = await sessions.get(name);
      return { session, cursor: events.cursor(sequence) };
    },
    async createSession(request, context) {
      const actor = context.values.get(callerKey).principal;
      return asCreated(
        await sessions.create({ ...request, actor }, requestOnce(method.createSession, { request, context }, created)),
      );
    },
    async updateSession({ session, updateMask }, context) {
      if (session === undefined) throw invalidField("session", "is missing; name the session to update");
      const { principal } = context.values.get(callerKey);
      return { session: await sessions.update(session, updateMask?.paths ?? [], principal) };
    },
    async deleteSession({ name, etag }, context) {
      await sessions.delete({ name, etag, actor: context.values.get(callerKey).principal });
      return {};
    },
    async resetSession(request, context) {
      const known = { name: request.name, etag: request.etag, actor: context.values.get(callerKey).principal };
      return asReset(await sessions.reset(known, requestOnce(method.resetSession, { request, context }, reset)));
    },
    async compactSession(request, context) {
      const wanted = { ...request, actor: context.values.get(callerKey).principal };
      const once = requestOnce(method.compactSession, { request, context }, compacted);
      return asCompacted(await compactions.compact(wanted, once));
    },
    async listMessages(request) {
      const { sequence, ...page } = await transcript.list(request);
      return { messages: [...page.messages], nextPageToken: page.nextPageToken, cursor: events.cursor(sequence) };
    },
    async getMessage({ name }) {
      return { message: await transcript.get(name) };
    },
    async appendMessage(request, context) {
      const { role = 0, parts = [] } = request.message ?? {};
      const note = { parent: request.parent, role, parts, actor: context.values.get(callerKey).principal };
      return asAppended(
        await transcript.append(note, requestOnce(method.appendMessage, { request, context }, appended)),
      );
    },
    async searchMessages(request) {
      const { hits, nextPageToken } = await transcript.search(request);
      return { hits: [...hits], nextPageToken };
    },
  };
}

const asCreated = (session: Session): CreateSessionResponse => create(CreateSessionResponseSchema, { session });
const asReset = (session: Session): ResetSessionResponse => create(ResetSessionResponseSchema, { session });
const asCompacted = (run: string): CompactSessionResponse => create(CompactSessionResponseSchema, { run });
const asAppended = (message: Message): AppendMessageResponse => create(AppendMessageResponseSchema, { message });

const created = { toResponse: asCreated, fromResponse: ({ session }: CreateSessionResponse) => session as Session };
const reset = { toResponse: asReset, fromResponse: ({ session }: ResetSessionResponse) => session as Session };
const compacted = { toResponse: asCompacted, fromResponse: ({ run }: CompactSessionResponse) => run };
const appended = { toResponse: asAppended, fromResponse: ({ message }: AppendMessageResponse) => message as Message };
