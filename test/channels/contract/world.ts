/**
 * A messaging network as the contract suite sees it: a real server or a fake one, with one person on it.
 *
 * How a network joins the suite: write a class that implements `World` on your server or fake, and one test file
 *
 *     import { testChannel } from "../contract/channel-contract.ts";
 *     import { testCrashes } from "../contract/crash-contract.ts";
 *     testChannel("telegram", () => new TelegramWorld());
 *     testCrashes("telegram", () => new TelegramWorld());
 *
 * A world is made anew for every test. What a network cannot do is left out (`repeat`, `refuseNext`, `edits` …); tests that
 * need it are then not there. A world whose server is not installed says so in `missing`, and its tests are skipped.
 */

import type { ChannelPorts, NetworkCatalog } from "../../../src/core/channel/channel-ports.ts";
import type { Core } from "../../../src/core/core.ts";

/** What the person on the network was told. */
export interface Told {
  readonly text: string;
  /** The network's id of the message; where it has none, anything that differs. */
  readonly id: string;
}

/** How the network treats the next message we send. */
export type Refusal =
  /** Not now, in a moment: a rate limit, with the moment where the network tells one (below a second). */
  | "later"
  /** Never: the person left, blocked us, or was never there. */
  | "for good"
  /** The message arrives, and the connection breaks before we hear of it. */
  | "unanswered";

/** See the file's first line. */
export interface World {
  /** The kind of channel it is tested as. */
  readonly kind: string;
  /** True when the network gives us, once we are back, what was said while we were away. */
  readonly replays: boolean;
  /** What the network can do to a message of ours. */
  readonly refusals: readonly Refusal[];
  /** Longest text of one message, in `capabilities.text_unit`s; long answers come in pieces. */
  readonly maxText: number;
  /** True when a message of ours can be changed afterwards. */
  readonly edits?: boolean;
  /** What is not installed; undefined when everything is. */
  readonly missing?: string;
  /** Networks to use instead of the gateway's own, for kinds it has none of. */
  readonly networks?: NetworkCatalog;
  /** Variables for a gateway in a process of its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** True when its code is outside: the gateway does not see how often it tries to connect. */
  readonly outside?: boolean;
  /** For a network whose code is outside: told of every gateway it is to come to. */
  readonly gatewayStarted?: (core: Core) => void;
  /** For what comes to the gateway itself: told of every gateway in a process of its own. */
  readonly processStarted?: (gateway: { readonly url: string; readonly token: string }) => Promise<void>;
  /** Drivers that come to the gateway; see `ChannelPorts`. */
  readonly drivers?: ChannelPorts["drivers"];
  /** Brings the network up; nobody is connected. */
  start(): Promise<void>;
  /** Ends everything it started. */
  stop(): Promise<void>;
  /** What `channels.<kind>` needs to get there; without policies. */
  config(): Readonly<Record<string, unknown>>;
  /** The gateway's address of the direct conversation with the person. */
  address(): string;
  /** The person says something to us there. Resolves when the network has it. */
  say(text: string): Promise<void>;
  /** What the person was told there, oldest first, as it stands now (edits done, deletions gone). */
  told(): readonly Told[];
  /** The network tells us its last message once more. */
  repeat?(): Promise<void>;
  /** The person puts the emoji on a message of ours, or takes it away; `id` is that of `told`. */
  react?(id: string, emoji: string, remove?: boolean): Promise<void>;
  /** Breaks every connection of ours; new ones are taken. */
  cut(): Promise<void>;
  /** Breaks every connection of ours and takes no new ones … */
  goAway(): Promise<void>;
  /** … until now. */
  comeBack(): Promise<void>;
  /** The next message we send is treated so; messages after it as always, at the latest after `relent`. */
  refuseNext(how: Refusal): void;
  /** Called when a message was refused "for good": messages are taken again. */
  relent?(): Promise<void>;
}
