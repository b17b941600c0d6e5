/** Where a conversation is on its network. */

import { addressFromId } from "../../channel/channel-names.ts";
import type { Address } from "../../channel/network.ts";
import { idOf } from "../../names.ts";
import type { ReadTables } from "../../store.ts";

/**
 * The address of a conversation, from what is known of it; one that was never seen has its address in its name. Undefined
 * when it was cut from the name because it is too long.
 */
export async function findAddress(
  { conversations }: Pick<ReadTables, "conversations">,
  name: string,
): Promise<Address | undefined> {
  const known = await conversations.find(name);
  if (known !== undefined) {
    const parent = known.parent === "" ? undefined : await conversations.find(known.parent);
    return { address: known.address, parentAddress: parent?.address ?? addressFromId(idOf(known.parent)) ?? "" };
  }
  const address = addressFromId(idOf(name));
  return address === undefined ? undefined : { address, parentAddress: "" };
}
