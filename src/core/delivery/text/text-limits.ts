/** How long the text of one message may be. */

import type { Capabilities } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** Whatever is reached first. */
export interface TextLimits {
  /** Unicode code points; at least 32. */
  readonly characters: number;
  /** What the network counts, and up to where; 0 is no limit. */
  readonly unit: TextUnit;
  readonly max: number;
  /** Lines; 0 is no limit. */
  readonly maxLines: number;
}

/** What a network counts. */
export type TextUnit = "characters" | "utf16" | "bytes";

/** No network and no setting can make messages shorter than this. */
const shortest = 32;

/** The operator's limit (0: none of its own) together with the network's, as far as that is known. */
export function textLimits(characters: number, capabilities: Capabilities | undefined): TextLimits {
  const max = capabilities?.maxText ?? 0;
  const unit = capabilities?.textUnit;
  return {
    characters: characters === 0 ? Number.MAX_SAFE_INTEGER : Math.max(shortest, characters),
    unit: unit === "utf16" || unit === "bytes" ? unit : "characters",
    max: max === 0 ? 0 : Math.max(shortest, max),
    maxLines: capabilities?.maxLines ?? 0,
  };
}

/** True when the text may be one message. */
export function fits(text: string, limits: TextLimits): boolean {
  return new TextMeter(limits).take(text, 0) === text.length;
}

/** Counts text against limits as it is taken. */
export class TextMeter {
  readonly #limits: TextLimits;
  #characters = 0;
  #units = 0;
  #lines = 1;

  constructor(limits: TextLimits) {
    this.#limits = limits;
  }

  /** Takes text from `start` on while it fits; returns where it stopped, always between two code points. */
  take(text: string, start: number): number {
    let index = start;
    while (index < text.length) {
      const code = text.codePointAt(index) ?? 0;
      if (!this.#takes(code)) return index;
      index += code > 0xffff ? 2 : 1;
    }
    return index;
  }

  #takes(code: number): boolean {
    const { characters, unit, max, maxLines } = this.#limits;
    const units = this.#units + widthOf(code, unit);
    const lines = this.#lines + (code === 10 ? 1 : 0);
    if (this.#characters >= characters || (max > 0 && units > max) || (maxLines > 0 && lines > maxLines)) return false;
    this.#characters += 1;
    this.#units = units;
    this.#lines = lines;
    return true;
  }
}

function widthOf(code: number, unit: TextUnit): number {
  if (unit === "characters") return 1;
  if (unit === "utf16") return code > 0xffff ? 2 : 1;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code > 0xffff ? 4 : 3;
}
