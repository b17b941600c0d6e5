/** What secrets look like, for those nobody told the log about. */

/** Names of fields whose value is a secret, in lower case without "-" and "_"; also the ends of longer names. */
const sensitiveEnds =
  /(authorization|password|passwd|passphrase|secret|token|apikey|accesskey|privatekey|signingkey|cookie|credential)s?$/;

/** True for the name of a field that holds a secret: "apiKey", "bot_token", "Authorization". */
export function isSensitiveName(name: string): boolean {
  return sensitiveEnds.test(name.replace(/[-_.]/g, "").toLowerCase());
}

/** A shape of secrets: the named group `secret` is what must not be read, the rest stays. */
export interface SecretPattern {
  readonly pattern: RegExp;
  /** A text without it is not looked at any further: most have none. */
  readonly hint: RegExp;
}

/** Shapes of whole tokens: our own first, then those of providers. */
const tokenShapes = [
  "oc[a-z]_[A-Za-z0-9_-]{8,}",
  "oc_[a-z]{2,8}_[A-Za-z0-9_-]{8,}",
  "sk-[A-Za-z0-9_-]{12,}",
  "[sr]k_(?:live|test)_[A-Za-z0-9]{12,}",
  "AIza[A-Za-z0-9_-]{30,}",
  "xox[a-z]-[A-Za-z0-9-]{8,}",
  "xapp-[A-Za-z0-9-]{8,}",
  "gh[a-z]_[A-Za-z0-9]{16,}",
  "github_pat_[A-Za-z0-9_]{16,}",
  "glpat-[A-Za-z0-9_-]{16,}",
  "(?:hf|gsk|r8)_[A-Za-z0-9]{16,}",
  "(?:xai|pplx|key)-[A-Za-z0-9]{20,}",
  "AKIA[A-Z0-9]{16}",
  "eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}",
  "[A-Za-z0-9_-]{23,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}",
];

/** Shapes, each with its secret as the group `secret`. */
export const secretPatterns: readonly SecretPattern[] = [
  {
    hint: /-----BEGIN/,
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>[\s\S]*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { hint: /:\/\//, pattern: /[a-z][a-z0-9+.-]*:\/\/[^\s:/@?#]*:(?<secret>[^\s/@]+)@/gi },
  {
    hint: /=/,
    pattern:
      /[?&#;](?:[a-z_-]*(?:token|secret|password|signature|api_?key|auth)|key|sig|code)=(?<secret>[^&\s"'#;,]+)/gi,
  },
  {
    hint: /=/,
    pattern: /\b[a-z_-]*(?:token|secret|password|passwd|api_?key|credential)=(?<secret>[^&\s"'#;,]+)/gi,
  },
  {
    hint: /["']\s*:/,
    pattern:
      /["'][a-z_-]*(?:token|secret|password|api_?key|authorization)\\?["']\s*:\s*\\?["'](?<secret>[^"'\\]+)\\?["']/gi,
  },
  { hint: /bearer|basic/i, pattern: /\b(?:bearer|basic)\s+(?<secret>[A-Za-z0-9._~+/=-]{6,})/gi },
  // A bot's token: in addresses, "bot" stands right before it.
  { hint: /\d:/, pattern: /(?<![0-9])(?<secret>\d{5,12}:[A-Za-z0-9_-]{20,})/g },
  { hint: /[-_.]|AIza|AKIA/, pattern: new RegExp(`(?<![A-Za-z0-9])(?<secret>${tokenShapes.join("|")})`, "g") },
];
