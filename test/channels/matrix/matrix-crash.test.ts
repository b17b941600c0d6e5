/** Death of the gateway on a homeserver. */

import { testCrashes } from "../contract/crash-contract.ts";
import { MatrixWorld } from "./matrix-world.ts";

testCrashes("matrix", () => new MatrixWorld(), ["inbound.before-commit", "outbox.sending", "outbox.asked"]);
