/** Matrix: any homeserver, over the client-server API. Rooms with end-to-end encryption are told apart, not read. */

import type { Network } from "../../core/channel/network.ts";
import { MatrixConnection } from "./matrix-connection.ts";
import { matrixSettings } from "./matrix-settings.ts";

/** See the file's first line. */
export const matrixNetwork: Network = {
  kind: "matrix",
  connect: (settings, host) => new MatrixConnection(matrixSettings(settings), host),
};
