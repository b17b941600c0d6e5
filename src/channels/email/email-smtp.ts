/** Handing a mail to the server that sends it, and knowing whether it took it. */

import { Readable } from "node:stream";
import { MisconfiguredError, UnsentError } from "../../core/channel/network.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import type { MailServer } from "./email-settings.ts";

/** One mail and whom it is for. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly source: Buffer;
}

/** What nodemailer's errors have. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * Resolves when the server has taken the mail. Rejects with UnsentError when it has not: it refused, or could not be reached;
 * with any other error when the line broke between the mail and the answer.
 */
export async function sendMail(server: MailServer, envelope: Envelope, signal: AbortSignal): Promise<void> {
  // The server asks for the mail once everything else is agreed on: from its first byte on nobody knows, unless it answers.
  let left = false;
  const message = Readable.from(
    (function* () {
      left = true;
      yield envelope.source;
    })(),
  );
  try {
    await withServer(server, signal, (connection) => {
      const { from, to } = envelope;
      return call((done) => connection.send({ from, to: [to] }, message, done));
    });
  } catch (error) {
    throw unsentOf(error, left) ?? error;
  }
}

/** Connects and logs in, and nothing else. Rejects with MisconfiguredError when the server refuses the password. */
export async function checkServer(server: MailServer, signal: AbortSignal): Promise<void> {
  try {
    await withServer(server, signal, async () => {});
  } catch (error) {
    if ((error as SmtpError).code !== "EAUTH") throw error;
    throw new MisconfiguredError("the mail server refuses channels.email.smtp.user or its password; check both");
  }
}

type SmtpConnection = InstanceType<typeof import("nodemailer/lib/smtp-connection")["default"]>;

async function withServer(
  server: MailServer,
  signal: AbortSignal,
  work: (connection: SmtpConnection) => Promise<unknown>,
): Promise<void> {
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  const { host, port, tls, user, password: pass, rejectUnauthorized } = server;
  const connection = new Connection({
    host,
    port,
    secure: tls === "direct",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "off",
    tls: { rejectUnauthorized },
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 60_000,
  });
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {});
  connection.on("error", reject);
  connection.on("end", () => reject(new Error("the mail server closed the connection")));
  try {
    const steps = async (): Promise<void> => {
      await call((done) => connection.connect((error) => done(error ?? null)));
      await call((done) => connection.login({ user, credentials: { user, pass } }, done));
      await work(connection);
    };
    await raceAbort(Promise.race([steps(), broken]), signal);
    connection.quit();
  } catch (error) {
    connection.close();
    throw error;
  }
}

function call(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error === null ? resolve() : reject(error))));
}

/** Undefined when the mail may have been taken all the same. */
function unsentOf(error: unknown, left: boolean): UnsentError | undefined {
  const { responseCode, code, message } = error as SmtpError;
  if (left && responseCode === undefined) return undefined;
  // A wrong password is put right by an operator, and then the mail goes.
  const permanent = responseCode !== undefined && responseCode >= 500 && code !== "EAUTH";
  return new UnsentError(message, { permanent, cause: error });
}
