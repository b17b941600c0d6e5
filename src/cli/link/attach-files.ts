/** Files named on the command line, uploaded for a message. */

import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { UsageError } from "../command/usage-error.ts";

/** Most the gateway takes, in bytes. */
const maxBytes = 104_857_600;

/**
 * Uploads the files, in order; what the gateway has already is not sent again. Fails with a UsageError for a path that
 * cannot be read or is no file, before anything is sent.
 */
export async function attachFiles(client: GatewayClient, paths: readonly string[]): Promise<Attachment[]> {
  for (const path of paths) await checkFile(path);
  const attachments: Attachment[] = [];
  for (const path of paths) {
    const content = new Uint8Array(await readFile(path));
    attachments.push(await client.uploadFile({ content, fileName: basename(path) }));
  }
  return attachments;
}

async function checkFile(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code ?? error.message})`;
    throw new UsageError(`${path} ${why}`, "name a file that can be read");
  });
  if (!stats.isFile()) throw new UsageError(`${path} is no file`, "name a file that can be read");
  if (stats.size > maxBytes) throw new UsageError(`${path} is larger than ${maxBytes} bytes`, "send a smaller file");
}
