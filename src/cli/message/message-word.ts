/** The word that names a message on a network. */

/** The network's id of it, as `message send --wait --json` and `deliveries show` tell it. */
export const messageWord = { name: "message", help: "the network's id of the message" } as const;
