/** `channels`: one object a network, strict in its keys; any other kind is a program that connects by itself. */

import * as z from "zod";
import { modelReference } from "../schema/value-schemas.ts";
import { networkShapes } from "./network-schemas.ts";
import { accountId, accountShape, channelPart, policyShape } from "./policy-schema.ts";

const kindPattern = /^[a-z][a-z0-9-]{0,31}$/;
const kindName = z.string().regex(kindPattern, "must be a kind of channel, e.g. telegram");

/** A channel has the keys of an account, those of its network among them, and some of its own. */
function channelSchema(shape: z.ZodRawShape, own: z.ZodRawShape = {}) {
  const account = { ...accountShape, ...shape };
  return z.strictObject({
    ...account,
    ...own,
    accounts: z.record(accountId, z.strictObject(account)).optional().describe("Several accounts, by id."),
    defaultAccount: accountId.optional().describe('Which of them is meant when none is named. Default: "default".'),
  });
}

const builtIn = Object.fromEntries(
  Object.entries(networkShapes).map(([kind, shape]) => [
    kind,
    channelSchema(shape).optional().describe(`Accounts on ${kind}.`),
  ]),
);

/** A network this gateway has no code for. */
const remote = channelSchema(
  {
    driverPrincipal: z
      .string()
      .regex(/^(tokens|devices)\/[^/]+$/, 'must be a token or device, like "tokens/mattermost"')
      .optional()
      .describe("Who alone may be this channel. Default: whoever holds the scope node."),
  },
  {
    driver: z
      .unknown()
      .refine((driver) => driver === "remote", {
        error: `must be "remote" for a kind this gateway has no code for; it has ${Object.keys(builtIn).join(", ")}`,
      })
      .describe("A program outside the gateway is the channel: see ChannelDriverService.")
      .meta({ const: "remote" }),
  },
);

/** The whole key. */
export const channelsSchema = z
  .object({
    defaults: z.strictObject(policyShape).optional().describe("What every channel uses unless it says otherwise."),
    modelByChannel: z
      .record(kindName, z.record(z.string().min(1).max(500), modelReference))
      .optional()
      .describe(
        'Models by network and address of a person or group, "*" for any: used where the session has none of its own, without fallbacks.',
      ),
    ...builtIn,
  })
  .catchall(remote)
  .superRefine((channels, context) => {
    for (const kind of Object.keys(channels)) {
      if (kindPattern.test(kind) || kind === "modelByChannel") continue;
      context.addIssue({ code: "custom", path: [kind], message: "must be lower-case letters, digits and -" });
    }
  })
  .meta(channelPart);
