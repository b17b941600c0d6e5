/** Proving who we are: SCRAM, and the plain password where the line is encrypted. */

import { createHash, createHmac, pbkdf2 as pbkdf2Callback, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const pbkdf2 = promisify(pbkdf2Callback);

/** Rounds a server may ask for; more would keep us busy for minutes. */
const maxRounds = 1_000_000;

/** By name, the strongest first. */
const scramHashes = { "SCRAM-SHA-512": "sha512", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1" } as const;

/** One way of proving it. */
export interface SaslMechanism {
  readonly name: string;
  /** What is said first. */
  readonly initial: string;
  /** The answer to a challenge. Throws when the server does not know the password itself. */
  answer(challenge: string): Promise<string>;
  /** Throws when the server has not proved that it knows the password. */
  verify(success: string): void;
}

/** The best of what the server offers; undefined when there is none we may use. */
export function chooseMechanism(
  offered: readonly string[],
  account: { readonly name: string; readonly password: string; readonly encrypted: boolean },
): SaslMechanism | undefined {
  for (const [name, hash] of Object.entries(scramHashes)) {
    if (offered.includes(name)) return new Scram(name, hash, account);
  }
  if (!offered.includes("PLAIN") || !account.encrypted) return undefined;
  return {
    name: "PLAIN",
    initial: `\0${account.name}\0${account.password}`,
    answer: async () => "",
    verify: () => {},
  };
}

/** RFC 5802. */
class Scram implements SaslMechanism {
  readonly name: string;
  readonly initial: string;
  readonly #hash: string;
  readonly #password: string;
  readonly #nonce = randomBytes(18).toString("base64");
  readonly #first: string;
  #signature: Buffer | undefined;

  constructor(name: string, hash: string, account: { readonly name: string; readonly password: string }) {
    this.name = name;
    this.#hash = hash;
    this.#password = account.password.normalize("NFKC");
    this.#first = `n=${account.name.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${this.#nonce}`;
    this.initial = `n,,${this.#first}`;
  }

  async answer(challenge: string): Promise<string> {
    const said = fieldsOf(challenge);
    const nonce = said.get("r") ?? "";
    const rounds = Number(said.get("i"));
    const known = Number.isInteger(rounds) && rounds >= 1 && rounds <= maxRounds;
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || !known)
      throw new Error("the server's SCRAM is not sound");
    const salt = Buffer.from(said.get("s") ?? "", "base64");
    const length = createHash(this.#hash).digest().length;
    const salted = await pbkdf2(this.#password, salt, rounds, length, this.#hash);
    const clientKey = this.#hmac(salted, "Client Key");
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    const last = `c=biws,r=${nonce}`;
    const message = `${this.#first},${challenge},${last}`;
    const proof = xor(clientKey, this.#hmac(storedKey, message));
    this.#signature = this.#hmac(this.#hmac(salted, "Server Key"), message);
    return `${last},p=${proof.toString("base64")}`;
  }

  verify(success: string): void {
    const given = Buffer.from(fieldsOf(success).get("v") ?? "", "base64");
    const own = this.#signature;
    if (own === undefined || given.length !== own.length || !timingSafeEqual(given, own)) {
      throw new Error("the server does not know our password: it is not the server it says it is");
    }
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

function fieldsOf(text: string): Map<string, string> {
  return new Map(text.split(",").map((field) => [field.slice(0, 1), field.slice(2)]));
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}
