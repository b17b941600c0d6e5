/** Logins and logouts of one channel, done by its driver: one at a time. */

import type { DriverLoginReport } from "../../core/channel/driver/driver-desk.ts";
import type { ChannelHost, LoginStep } from "../../core/channel/network.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import type { Attachment } from "./attachment.ts";
import { RemoteLogin } from "./remote-login.ts";

/** What a driver gets to end the network's session, in ms. */
const logOutMs = 10_000;

/** See the file's first line. */
export class RemoteLogins {
  readonly #host: ChannelHost;
  /** The last one, over or not, and the driver that was asked. */
  #last: { readonly login: RemoteLogin; readonly attachment: Attachment } | undefined;

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  /** See `Connection.logIn`: asks the driver, and goes on with what it reports; deliveries wait meanwhile. */
  async *logIn(
    attachment: Attachment,
    { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
  ): AsyncGenerator<LoginStep, void> {
    const login = this.#begin(attachment);
    let why = "nobody went on with it";
    let isDone = false;
    this.#host.loginRequired("somebody logs in");
    attachment.tell({ kind: "logIn", login: login.id, force });
    try {
      const title = yield* login.steps(signal);
      isDone = true;
      attachment.title = title || attachment.title;
      this.#host.online(attachment.title);
    } catch (error) {
      if (!signal.aborted) why = errorWords(error);
      throw error;
    } finally {
      // Of a driver that went away or was sent away, the channel's state says something else already.
      if (!isDone && !attachment.gone) {
        if (!login.isOver) attachment.tell({ kind: "logInCancelled", login: login.id, reason: why });
        login.fail(why);
        this.#host.loginRequired(`the login failed: ${why}`);
      }
    }
  }

  /** Hands the answer to the question that was shown last to the driver. */
  answer(answer: string): void {
    if (this.#last === undefined) return;
    const { login, attachment } = this.#last;
    const step = login.takeQuestion();
    if (step !== undefined) attachment.tell({ kind: "logInAnswer", login: login.id, step, answer });
  }

  /** See `Connection.logOut`: rejects when the driver says that it did not work, or says nothing for a while. */
  async logOut(attachment: Attachment): Promise<void> {
    const logout = this.#begin(attachment);
    attachment.tell({ kind: "logOut", login: logout.id });
    const timer = setTimeout(() => {
      logout.fail(`its driver did not say within ${logOutMs / 1_000} s that it is logged out`);
    }, logOutMs);
    try {
      const steps = logout.steps(new AbortController().signal);
      // Nobody is there to see a code or to answer.
      for await (const _step of steps);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hears a step; false when that login is over or was never asked for. */
  report(id: string, step: number, report: DriverLoginReport): boolean {
    const login = this.#last?.login;
    return login?.id === id && login.report(step, report);
  }

  /** The driver is gone, or will be: what it was asked for does not come to an end any more. */
  end(attachment: Attachment, reason: string): void {
    if (this.#last?.attachment === attachment) this.#last.login.fail(reason);
  }

  #begin(attachment: Attachment): RemoteLogin {
    this.#last?.login.fail("another login or a logout was begun");
    const login = new RemoteLogin();
    this.#last = { login, attachment };
    return login;
  }
}
