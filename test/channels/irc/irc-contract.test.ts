/** The contract of channels on real IRC servers. */

import { testChannel } from "../contract/channel-contract.ts";
import { inspircd, ngircd } from "./irc-servers.ts";
import { IrcWorld } from "./irc-world.ts";

testChannel("irc on ngircd", () => new IrcWorld(ngircd));
testChannel("irc on inspircd", () => new IrcWorld(inspircd));
