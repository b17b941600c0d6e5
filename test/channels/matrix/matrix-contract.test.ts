/** The contract of channels on a homeserver. */

import { testChannel } from "../contract/channel-contract.ts";
import { MatrixWorld } from "./matrix-world.ts";

testChannel("matrix", () => new MatrixWorld());
