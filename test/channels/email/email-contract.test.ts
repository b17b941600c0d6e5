/** The contract of channels on a real mailbox. */

import { testChannel } from "../contract/channel-contract.ts";
import { EmailWorld } from "./email-world.ts";

testChannel("email", () => new EmailWorld());
