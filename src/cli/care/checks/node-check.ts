/** Is this Node one the program is made for? */

import type { Check } from "../check.ts";

/** Versions with long-term support are even. */
export const nodeCheck: Check = {
  id: "node",
  run() {
    const major = Number(process.versions.node.split(".")[0]);
    if (major % 2 === 0) return [];
    const reason = "it is a version without long-term support, which ends soon";
    return [{ severity: "warning", subject: `Node ${process.versions.node}`, reason, fix: "use Node 24" }];
  },
};
