/** Named places where a crash test stops the process, to prove that nothing is lost there. */

/** Called when the program reaches the place; does nothing outside crash tests. */
export type FaultPoint = (place: string) => void;

/** No faults: what every gateway outside a crash test uses. */
export const noFaults: FaultPoint = () => {};

/**
 * A fault point that kills the process (SIGKILL: no handler runs, nothing is flushed) the `hit`th time `place` is reached.
 * `hit` counts from 1.
 */
export function killAt(place: string, hit: number): FaultPoint {
  let seen = 0;
  return (reached) => {
    if (reached !== place) return;
    seen += 1;
    if (seen === hit) process.kill(process.pid, "SIGKILL");
  };
}
