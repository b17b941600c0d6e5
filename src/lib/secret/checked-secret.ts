/**
 * Secrets a program makes, people copy, and nobody should mistake for one another: a prefix that says what it is, random
 * letters and digits (a double click selects all of it), and a checksum, so that a cut or changed paste is noticed.
 */

import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Digits of a 32-bit number to the base 62. */
const checkLength = 6;

/** What all secrets of one kind have in common. */
export interface SecretShape {
  /** Letters and digits that end with "_": "abc_". */
  readonly prefix: string;
  /** Random bytes in it; 16 cannot be guessed by asking, 32 not even by somebody who has the hash. */
  readonly randomBytes: number;
}

/** A new secret of this shape. */
export function makeSecret(shape: SecretShape): string {
  const random = BigInt(`0x${randomBytes(shape.randomBytes).toString("hex")}`);
  const start = `${shape.prefix}${inBase62(random, randomLength(shape))}`;
  return start + checksum(start);
}

/** True when the text is a secret of this shape, whole and unchanged; whether anybody ever made it is another question. */
export function isWhole(shape: SecretShape, text: string): boolean {
  if (!text.startsWith(shape.prefix) || text.length !== secretLength(shape)) return false;
  return text.slice(-checkLength) === checksum(text.slice(0, -checkLength));
}

/** How many characters a secret of this shape has. */
export function secretLength(shape: SecretShape): number {
  return shape.prefix.length + randomLength(shape) + checkLength;
}

function randomLength({ randomBytes: bytes }: SecretShape): number {
  return Math.ceil((bytes * 8) / Math.log2(alphabet.length));
}

function checksum(text: string): string {
  return inBase62(BigInt(crc32(text)), checkLength);
}

function inBase62(value: bigint, length: number): string {
  let digits = "";
  for (let rest = value; digits.length < length; rest /= 62n) digits = `${alphabet[Number(rest % 62n)]}${digits}`;
  return digits;
}
