/** Whether a message means us. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { SafePattern } from "../../../lib/text/safe-pattern.ts";

/** Patterns of the configuration, made ready once. */
export class MentionPatterns {
  #sources: readonly string[] = [];
  #patterns: readonly SafePattern[] = [];

  /** True when the network says that the message addresses us, or one of the patterns occurs in it. Unsafe patterns never do. */
  isMentioned({ mentionsUs, text }: InboundMessage, sources: readonly string[]): boolean {
    if (mentionsUs) return true;
    if (this.#sources !== sources) {
      this.#sources = sources;
      this.#patterns = sources.flatMap((source) => SafePattern.from(source) ?? []);
    }
    return this.#patterns.some((pattern) => pattern.test(text));
  }
}
