/** Stops waiting for something that may never come. */

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What the promise becomes, or a rejection with the signal's reason as soon as it aborts. The work itself goes on. */
export function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    const done = (): void => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(done);
  });
}

/** The values of a stream until it ends; rejects with the signal's reason when it aborts, even when the stream hangs. */
export async function* untilAborted<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const iterator = stream[Symbol.asyncIterator]();
  // One listener for all steps: a stream has many.
  let endStep: (reason: unknown) => void = () => {};
  const onAbort = (): void => endStep(signal.reason);
  signal.addEventListener("abort", onAbort);
  const nextStep = (): Promise<IteratorResult<T>> =>
    new Promise((resolve, reject) => {
      endStep = reject;
      iterator.next().then(resolve, reject);
      if (signal.aborted) onAbort();
    });
  try {
    for (let step = await nextStep(); !step.done; step = await nextStep()) yield step.value;
  } finally {
    signal.removeEventListener("abort", onAbort);
    void iterator.return?.().then(undefined, () => {});
  }
}
