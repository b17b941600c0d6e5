/** What a message holds beside text: files to fetch, and things that are told in words. */

import type { Message } from "grammy/types";

/** A file somebody sent. */
export interface SentFile {
  /** Telegram's id of it. */
  readonly id: string;
  /** Name to keep it under; never a path. */
  readonly name: string;
  /** As Telegram says; undefined when it does not. */
  readonly sizeBytes: number | undefined;
  /** "image", "video", "audio" or "document": what is said of it when it cannot be had. */
  readonly what: string;
}

interface FileFields {
  readonly file_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
}

/** The file of a message. Stickers are no files: they are told as what they stand for. */
export function fileOf(message: Message): SentFile | undefined {
  const photo = message.photo?.at(-1);
  if (photo !== undefined) return sentFile(photo, "image", "photo.jpg");
  // An animation comes as a document, too.
  if (message.animation !== undefined) return sentFile(message.animation, "video", "animation.mp4");
  if (message.video !== undefined) return sentFile(message.video, "video", "video.mp4");
  if (message.video_note !== undefined) return sentFile(message.video_note, "video", "video.mp4");
  if (message.voice !== undefined) return sentFile(message.voice, "audio", "voice.ogg");
  if (message.audio !== undefined) return sentFile(message.audio, "audio", "audio.mp3");
  if (message.document !== undefined) return sentFile(message.document, "document", "document");
  return undefined;
}

/** Words for what is neither text nor a file; empty when there is nothing. */
export function wordsFor({ sticker, venue, location, contact, poll, dice }: Message): string {
  if (sticker !== undefined) return `<media:sticker> ${sticker.emoji ?? ""}`.trim();
  if (venue !== undefined) return `[place: ${venue.title}, ${venue.address}]`;
  if (location !== undefined) return `[location: ${location.latitude}, ${location.longitude}]`;
  if (contact !== undefined) {
    const { first_name: first, last_name: last = "", phone_number: phone } = contact;
    return `[contact: ${`${first} ${last}`.trim()}, ${phone}]`;
  }
  if (poll !== undefined) return `[poll: ${poll.question} ${poll.options.map(({ text }) => text).join(" / ")}]`;
  return dice === undefined ? "" : `[${dice.emoji} ${dice.value}]`;
}

function sentFile(file: FileFields, what: string, usual: string): SentFile {
  const name = file.file_name?.split(/[/\\]/).at(-1)?.trim() || usual;
  return { id: file.file_id, name, sizeBytes: file.file_size, what };
}
