/** The contract of channels on a real XMPP server, with an archive and without. */

import { testChannel } from "../contract/channel-contract.ts";
import { XmppWorld } from "./xmpp-world.ts";

testChannel("xmpp on prosody", () => new XmppWorld());
testChannel("xmpp on prosody without an archive", () => new XmppWorld({ archive: false }));
