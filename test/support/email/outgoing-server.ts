/** A server that takes mail for the world, notes it, and refuses on purpose. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { dovecotPassword } from "./dovecot.ts";

/** One mail it took. */
export interface TakenMail {
  readonly to: string;
  readonly id: string;
  readonly text: string;
  readonly subject: string;
  readonly inReplyTo: string;
  readonly source: string;
}

/** How the next mail is treated. */
export type MailTreatment = "later" | "for good" | "unanswered";

type Done = (error?: Error | null) => void;

/** See the file's first line. */
export class OutgoingServer {
  readonly taken: TakenMail[] = [];
  readonly #server: SMTPServer;
  #next: MailTreatment | undefined;

  constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        if (password === dovecotPassword) done(null, { user: username });
        else done(Object.assign(new Error("wrong password"), { responseCode: 535 }));
      },
      onRcptTo: (_address, _session, done: Done) => this.#addressed(done),
      onData: (stream, session, done: Done) => void this.#take(stream, session, done),
    });
    this.#server.on("error", () => {});
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server.server, "listening");
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  treatNext(how: MailTreatment): void {
    this.#next = how;
  }

  #addressed(done: Done): void {
    const how = this.#next;
    if (how === undefined || how === "unanswered") {
      done();
      return;
    }
    this.#next = undefined;
    const responseCode = how === "later" ? 451 : 550;
    done(Object.assign(new Error(how === "later" ? "try again later" : "no such mailbox"), { responseCode }));
  }

  async #take(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const source = Buffer.concat(chunks);
    const { messageId = "", text = "", subject = "", inReplyTo = "" } = await simpleParser(source);
    const [to] = session.envelope.rcptTo;
    this.taken.push({
      to: to?.address ?? "",
      id: messageId,
      text: text.trim(),
      subject,
      inReplyTo,
      source: source.toString(),
    });
    if (this.#next !== "unanswered") {
      done();
      return;
    }
    this.#next = undefined;
    // The line breaks before the answer.
    for (const connection of this.#server.connections) connection.close();
  }
}
