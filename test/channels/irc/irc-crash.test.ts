/** Death of the gateway on a real IRC server. */

import { testCrashes } from "../contract/crash-contract.ts";
import { ngircd } from "./irc-servers.ts";
import { IrcWorld } from "./irc-world.ts";

testCrashes("irc", () => new IrcWorld(ngircd), ["inbound.committed", "outbox.sending", "outbox.asked"]);
