/** A gateway to be kept running, for tests of definitions. */

import type { Service } from "../../../src/supervisor/supervisor.ts";

/** The gateway of Ada's default profile. */
export function sampleService(changes: Partial<Service> = {}): Service {
  return {
    profile: undefined,
    stateDir: "/home/ada/.openclaw",
    home: "/home/ada",
    command: ["/usr/bin/node", "/opt/openclaw/main.js", "gateway", "run"],
    environment: { LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
    ...changes,
  };
}

/** Characters that mean something to systemd, to shells or in XML. */
export const hostileWord = `a b"c'd\\e$f%g\${h}%i<&>;#*?[~]ü`;
