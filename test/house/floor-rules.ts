/** Which room may import what, and that imports never run in circles. */

import { type Import, importsOf } from "./imports.ts";
import type { Source, SourceTree } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

interface Room {
  /** Rooms and "gen" it may import; itself always. */
  readonly rooms: readonly string[];
  readonly advice: string;
  /** Packages it may not import. */
  readonly packages?: RegExp;
  /** Generated services are the door's and the clients' business. */
  readonly noServices?: true;
}

const wing: Room = {
  rooms: ["core", "lib", "gen"],
  advice: "a wing knows core's ports and lib; let gateway.ts plug rooms together",
  noServices: true,
};

const rooms: Readonly<Record<string, Room>> = {
  lib: { rooms: [], advice: "lib is the ground: move the code up to the room that needs it" },
  core: {
    rooms: ["lib", "gen"],
    advice: "declare what core needs as a port in core, implement it in a wing, plug it in gateway.ts",
    packages:
      /^(@connectrpc\/|(node:)?(fs|http|https|http2|net|tls|dgram|sqlite|child_process|worker_threads|cluster)(\/|$))/,
    noServices: true,
  },
  channels: wing,
  models: wing,
  tools: wing,
  storage: wing,
  config: { rooms: ["lib"], advice: "config hands out plain values; gateway.ts gives them to the rooms" },
  server: {
    rooms: ["core", "lib", "gen"],
    advice: "the door talks to core only; let gateway.ts pass in what it needs",
  },
  supervisor: { rooms: ["lib"], advice: "pass in plain values" },
  client: { rooms: ["gen", "lib"], advice: "the client knows the contract and nothing else" },
  cli: { rooms: ["gen", "config", "supervisor", "client", "lib"], advice: "call the gateway over RPC" },
  dashboard: { rooms: ["gen"], advice: "call the gateway over RPC" },
  gateway: {
    rooms: ["core", "lib", "gen", "channels", "models", "tools", "storage", "config", "server", "supervisor"],
    advice: "the faces call the gateway, not the other way round",
  },
  main: { rooms: ["cli"], advice: "main.ts only starts the CLI" },
};

/** Where a face starts the gateway instead of calling it, and where it takes the place of one that does not run. */
const exceptions = new Set([
  "src/cli/gateway/run.ts → src/gateway.ts",
  "src/cli/care/local-state.ts → src/gateway/local-care.ts",
]);

/** Every import goes down, as house.md §5 says. */
export function checkFloors(tree: SourceTree): Violation[] {
  return [...tree.sources.values()].flatMap((source) => {
    const name = roomOf(source.path);
    const room = rooms[name];
    if (room === undefined) {
      const problem = `is in no room; put it into one of ${Object.keys(rooms).slice(0, -2).join(", ")}`;
      return [{ path: source.path, line: 0, problem }];
    }
    return importsOf(source).flatMap((entry) => {
      const problem = importProblem({ source, name, room, entry });
      return problem === undefined
        ? []
        : [{ path: source.path, line: entry.line, problem: `${problem}; ${room.advice}` }];
    });
  });
}

/** "core" for src/core/run/runs.ts, "gateway" for src/gateway.ts and src/gateway/rooms.ts, "gen" for generated code. */
function roomOf(path: string): string {
  const [top = "", room = "", ...below] = path.split("/");
  if (top !== "src") return top;
  return below.length === 0 ? room.replace(/\.ts$/, "") : room;
}

interface Step {
  readonly source: Source;
  readonly name: string;
  readonly room: Room;
  readonly entry: Import;
}

function importProblem({ source, name, room, entry }: Step): string | undefined {
  const { path, specifier } = entry;
  if (path === undefined) return room.packages?.test(specifier) ? `${name} may not import ${specifier}` : undefined;
  if (exceptions.has(`${source.path} → ${path}`)) return undefined;
  const target = roomOf(path);
  if (target !== name && !room.rooms.includes(target)) return `${name} may not import ${path}`;
  if (room.noServices && /_service_pb\.ts$/.test(path)) return `${name} may not import a generated service (${path})`;
  return undefined;
}

/** No file imports itself, however many files lie between. */
export function checkCycles(tree: SourceTree): Violation[] {
  const edges = new Map([...tree.sources].map(([path, source]) => [path, importsOf(source)]));
  const reported = new Set<string>();
  return [...edges.keys()].flatMap((start) => {
    const cycle = findCycle(start, edges);
    const members = cycle?.toSorted().join(" ");
    if (cycle === undefined || members === undefined || reported.has(members)) return [];
    reported.add(members);
    const line = edges.get(start)?.find((entry) => entry.path === (cycle[1] ?? start))?.line ?? 0;
    const problem = `imports run in a circle: ${[...cycle, start].join(" → ")}; move what both need into a file of its own`;
    return [{ path: start, line, problem }];
  });
}

/** The shortest way from a file back to itself. */
function findCycle(start: string, edges: ReadonlyMap<string, readonly Import[]>): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const { path } of edges.get(way.at(-1) ?? start) ?? []) {
      if (path === start) return way;
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      ways.push([...way, path]);
    }
  }
  return undefined;
}
