/** Takes updates: fetches what belongs to them, hands them in, and resolves when they are safe. */

import type { Update } from "grammy/types";
import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { takeFiles } from "../../../core/channel/file/take-files.ts";
import type { ChannelHost } from "../../../core/channel/network.ts";
import { KeyedLock } from "../../../lib/turns.ts";
import type { TelegramApi } from "../telegram-api.ts";
import type { MovedGroups } from "../telegram-moves.ts";
import { groupAlbums, joined } from "./telegram-albums.ts";
import type { SentFile } from "./telegram-content.ts";
import { broughtBy, laneOf, type Us } from "./telegram-inbound.ts";
import { reactionsIn } from "./telegram-reactions.ts";

/** Largest file the Bot API gives away, in bytes. */
const maxFileBytes = 20 * 1_048_576;

/** What a file may take to arrive, in ms: the messages of its conversation wait for it. */
const fileMs = 30_000;

/** What updates are taken with. */
export interface IntakeParts {
  readonly api: TelegramApi;
  readonly host: ChannelHost;
  readonly us: Us;
  readonly moves: MovedGroups;
}

/** See the file's first line. */
export class TelegramIntake {
  readonly #parts: IntakeParts;
  readonly #lanes = new KeyedLock();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /**
   * Takes updates, those of one conversation in their order and albums as one. Resolves when all are safe on disk; rejects when one could not be
   * kept, after the others have ended.
   */
  async take(updates: readonly Update[], signal: AbortSignal): Promise<void> {
    const work = groupAlbums(updates).map((parts) => {
      return this.#lanes.run(laneOf(parts[0]), () => this.#takeOne(parts, signal));
    });
    for (const { status, ...result } of await Promise.allSettled(work)) {
      if (status === "rejected") throw (result as PromiseRejectedResult).reason;
    }
  }

  async #takeOne(parts: readonly Update[], signal: AbortSignal): Promise<void> {
    const { host, us, api, moves } = this.#parts;
    signal.throwIfAborted();
    for (const update of parts) await moves.hear(update);
    const updates = parts.map((update) => moves.asBefore(update));
    for (const reaction of updates.flatMap((update) => reactionsIn(update, us))) await host.receive(reaction);
    const brought = joined(updates.map((update) => broughtBy(update, us)).filter((one) => one !== undefined));
    if (brought === undefined) return;
    const { message, files, callback } = brought;
    await host.receive(await this.#withFiles(message, files, signal));
    // The button stops to spin; one that was pressed too long ago spins no more.
    if (callback !== undefined) api.raw.answerCallbackQuery({ callback_query_id: callback }).catch(() => {});
  }

  /** The message with its files; with words instead of those that cannot be had. */
  async #withFiles(message: InboundMessage, files: readonly SentFile[], signal: AbortSignal): Promise<InboundMessage> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(fileMs)]);
    const sent = files.map((file) => ({
      fileName: file.name,
      maxBytes: maxFileBytes,
      open: () => this.#open(file, limited),
      instead: `<media:${file.what}>`,
    }));
    const { attachments, missing } = await takeFiles(sent, this.#parts.host, signal);
    return { ...message, attachments, text: [...missing, message.text].filter(Boolean).join("\n") };
  }

  async #open({ id, sizeBytes = 0 }: SentFile, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { api } = this.#parts;
    if (sizeBytes > maxFileBytes) throw new Error(`Telegram gives no files larger than ${maxFileBytes} bytes`);
    const { file_path: path } = await api.raw.getFile({ file_id: id }, signal);
    // A Bot API server on this machine may give a path of its own disk, which is not ours to read.
    if (path === undefined || path.startsWith("/") || path.split("/").includes("..")) {
      throw new Error("Telegram does not say where the file is");
    }
    return api.download(path, signal);
  }
}
