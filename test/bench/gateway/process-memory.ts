/** Memory of a process and everything it started. */

import { execFileSync } from "node:child_process";

/** Resident memory of the process and all below it, in MB (2^20 bytes). */
export function treeMemoryMb(pid: number): number {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="]).toString().trim();
  const processes = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const tree = new Set([pid]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const [child = 0, parent = 0] of processes) if (tree.has(parent)) tree.add(child);
  }
  const kilobytes = processes.reduce((sum, [child = 0, , rss = 0]) => sum + (tree.has(child) ? rss : 0), 0);
  return kilobytes / 1024;
}
