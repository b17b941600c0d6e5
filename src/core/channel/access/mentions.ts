/** Whether a message means us. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { SafePattern } from "../../../lib/text/safe-pattern.ts";
import type { PatternScope } from "../channel-settings.ts";

/** Patterns of the configuration, made ready once. */
export class MentionPatterns {
  #sources: readonly string[] = [];
  #patterns: readonly SafePattern[] = [];

  /**
   * True when the network says that the message addresses us, or one of the patterns occurs in it, where they count. Unsafe
   * patterns never do.
   */
  isMentioned(message: InboundMessage, sources: readonly string[], scope?: PatternScope): boolean {
    const { mentionsUs, text } = message;
    if (mentionsUs) return true;
    if (sources.length === 0 || !countsIn(scope, message)) return false;
    if (this.#sources !== sources) {
      this.#sources = sources;
      this.#patterns = sources.flatMap((source) => SafePattern.from(source) ?? []);
    }
    return this.#patterns.some((pattern) => pattern.test(text));
  }
}

function countsIn(scope: PatternScope | undefined, { address, parentAddress }: InboundMessage): boolean {
  if (scope === undefined) return true;
  const here = [address, parentAddress].filter(Boolean).map((one) => one.toLowerCase());
  const names = (groups: readonly string[]): boolean => groups.some((group) => here.includes(group.toLowerCase()));
  return !names(scope.denyIn) && (scope.mode === "allow" || names(scope.allowIn));
}
