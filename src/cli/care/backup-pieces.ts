/** Where the pieces of a backup come from: the gateway that runs, or the state folder of one that does not. */

import type { Backup, BackupSummary } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { readDisk } from "../../config/document/disk-reading.ts";
import type { Surroundings } from "../../config/environment.ts";
import { defaultPlaces, type Places, placesOf } from "../../config/places.ts";
import type { Invocation } from "../command/command.ts";
import { programVersion } from "../command/version.ts";
import { LocalGateway, namesForeignGateway } from "../service/local-gateway.ts";
import { withLocalState } from "./local-state.ts";

/** A piece, as CareService.CreateBackup sends them. */
export type BackupPiece =
  | { readonly case: "backup"; readonly value: Backup }
  | { readonly case: "chunk"; readonly value: Uint8Array }
  | { readonly case: "summary"; readonly value: BackupSummary };

/** What is asked for. */
export interface BackupWish {
  readonly workspace: boolean;
  readonly signal: AbortSignal;
}

/** Takes the pieces as they come. */
export type PieceReader<T> = (pieces: AsyncIterable<BackupPiece>) => Promise<T>;

/** Reads a backup of the gateway a command line means. Fails as the gateway does, or with a CommandFailure. */
export async function readBackup<T>(
  { globals, link }: Pick<Invocation, "globals" | "link">,
  wish: BackupWish,
  read: PieceReader<T>,
): Promise<T> {
  const local = namesForeignGateway(globals.url) ? undefined : await LocalGateway.open(globals);
  const runs = local === undefined || (await local.owner()) !== undefined;
  if (runs) return await read(fromGateway(link, wish));
  const places = await findPlaces(local.surroundings);
  const surroundings = { places: () => places, version: programVersion() };
  return await withLocalState((state) => read(state.createOfflineBackup(surroundings, wish)));
}

async function* fromGateway(link: Invocation["link"], { workspace, signal }: BackupWish): AsyncGenerator<BackupPiece> {
  const { care } = await link.client();
  for await (const { frame } of care.createBackup({ withoutWorkspace: !workspace }, { signal })) {
    if (frame.case !== undefined) yield frame;
  }
}

/** A configuration that is wrong is no reason to be without a backup of everything. */
async function findPlaces(surroundings: Surroundings): Promise<Places> {
  const { loaded } = await readDisk(surroundings, () => {});
  return loaded === undefined ? defaultPlaces(surroundings) : placesOf(loaded);
}
