/**
 * Which configuration a command is about: that of the gateway that runs, which then is the one who writes and applies it, or,
 * when none runs, the file.
 */

import { ConfigError } from "../../config/config-error.ts";
import type { Invocation } from "../command/command.ts";
import { LocalGateway, namesForeignGateway } from "../service/local-gateway.ts";
import type { ConfigTarget } from "./config-target.ts";

/** Finds the configuration. One that does not even lead to its gateway is changed as a file: that is how it is put right. */
export async function openTarget({ globals, link }: Pick<Invocation, "globals" | "link">): Promise<ConfigTarget> {
  const foreign = namesForeignGateway(globals.url);
  const runs = !foreign && (await runsHere(globals));
  if (foreign || (runs && (await leads(link)))) {
    const { LiveTarget } = await import("./live-target.ts");
    return new LiveTarget((await link.client()).config);
  }
  const { FileTarget } = await import("./file-target.ts");
  return new FileTarget(globals, runs);
}

async function leads(link: Invocation["link"]): Promise<boolean> {
  try {
    await link.address();
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

async function runsHere(globals: Invocation["globals"]): Promise<boolean> {
  const local = await LocalGateway.open(globals);
  return (await local.owner())?.url !== undefined;
}
