/** Death of the gateway on a real XMPP server. */

import { testCrashes } from "../contract/crash-contract.ts";
import { XmppWorld } from "./xmpp-world.ts";

testCrashes("xmpp", () => new XmppWorld(), ["inbound.before-commit", "outbox.sending", "outbox.asked"]);
testCrashes("xmpp without an archive", () => new XmppWorld({ archive: false }), ["inbound.before-commit"]);
