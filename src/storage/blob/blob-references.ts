/** Who refers to which blob: written with what refers, gone with it. */

import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Executor } from "../sqlite/connection.ts";
import { statement } from "../sqlite/statement.ts";

const owners = {
  message:
    "SELECT number FROM messages WHERE session = (SELECT number FROM sessions WHERE name = :parent) AND id = :id",
  delivery: "SELECT number FROM deliveries WHERE channel = :parent AND id = :id",
  ingress: "SELECT number FROM ingress WHERE channel = :parent AND id = :id",
};

/** What refers: its kind, its parent's name ("sessions/{session}", "channels/{channel}"), its id. */
export interface BlobOwner {
  readonly kind: keyof typeof owners;
  readonly parent: string;
  readonly id: string;
}

/** Records that a row, already written, refers to these files. */
export function addBlobReferences(sql: Executor, owner: BlobOwner, attachments: readonly Attachment[]): void {
  const { kind, parent, id } = owner;
  for (const hash of new Set(attachments.map(({ blob }) => blob.slice("blobs/".length)))) {
    sql.run(inserts[kind], { parent, id, hash });
  }
}

const inserts = {
  message: insertFor("message"),
  delivery: insertFor("delivery"),
  ingress: insertFor("ingress"),
};

function insertFor(kind: keyof typeof owners) {
  return statement<{ parent: string; id: string; hash: string }>(
    `INSERT INTO blob_references (hash, ${kind}) VALUES (:hash, (${owners[kind]}))`,
  );
}
