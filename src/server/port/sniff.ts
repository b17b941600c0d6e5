/** Tells protocols apart by the first bytes of a connection. */

import type { Socket } from "node:net";

/** "nothing" when the peer closed, failed or stayed silent too long. */
export type Sniffed = "http1" | "http2" | "tls" | "nothing";

/** What every HTTP/2 connection begins with. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** First byte of a TLS handshake; no HTTP method begins with it. */
const tlsHandshake = 0x16;

/**
 * Waits until the protocol is certain, at most `timeoutMs`, however slowly the bytes arrive. They are put back: the next
 * reader of the socket gets all of them.
 */
export function sniff(socket: Socket, timeoutMs: number): Promise<Sniffed> {
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0);
    const timer = setTimeout(settle, timeoutMs, "nothing");
    socket.on("readable", read);
    socket.once("end", giveUp);
    socket.once("close", giveUp);

    function read(): void {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const sniffed = protocolOf(seen);
      if (sniffed !== undefined) settle(sniffed);
    }

    function giveUp(): void {
      settle("nothing");
    }

    function settle(sniffed: Sniffed): void {
      clearTimeout(timer);
      socket.off("readable", read);
      socket.off("end", giveUp);
      socket.off("close", giveUp);
      if (seen.length > 0 && !socket.destroyed) socket.unshift(seen);
      resolve(sniffed);
    }
  });
}

/** The protocol these first bytes belong to; undefined while they could still become HTTP/2. */
function protocolOf(bytes: Buffer): Sniffed | undefined {
  if (bytes[0] === tlsHandshake) return "tls";
  const length = Math.min(bytes.length, preface.length);
  if (bytes.compare(preface, 0, length, 0, length) !== 0) return "http1";
  return length === preface.length ? "http2" : undefined;
}
