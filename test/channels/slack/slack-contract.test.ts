/** The contract of channels on a fake Slack. */

import { testChannel } from "../contract/channel-contract.ts";
import { SlackWorld } from "./slack-world.ts";

testChannel("slack", () => new SlackWorld());
