/** The tools that come with the gateway. */

import type { Tool } from "../core/agent/tool.ts";
import { currentTimeTool } from "./current-time-tool.ts";
import { sessionStatusTool } from "./session-status-tool.ts";

/** Every built-in tool, ordered by name. */
export function builtInTools(): readonly Tool[] {
  return [currentTimeTool, sessionStatusTool];
}
