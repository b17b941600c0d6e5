/** The subset of AIP-160 filters: "field = value" joined by AND. */

/** One condition. */
export interface FilterCondition {
  readonly field: string;
  readonly value: string;
}

/** What is wrong with a filter. */
export interface FilterProblem {
  readonly problem: string;
}

const condition = /^\s*([A-Za-z_][\w.\-/]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*/;

/** The conditions in order, or what is wrong. Values may be quoted; AND is upper case. An empty filter has no conditions. */
export function parseFilter(filter: string): readonly FilterCondition[] | FilterProblem {
  const conditions: FilterCondition[] = [];
  let rest = filter.trim();
  while (rest !== "") {
    const match = condition.exec(rest);
    if (match === null) return { problem: `cannot read "${rest}"; write field = value, joined by AND` };
    const quoted = match[2]?.replace(/\\(.)/g, "$1");
    conditions.push({ field: match[1] ?? "", value: quoted ?? match[3] ?? "" });
    rest = rest.slice(match[0].length);
    if (rest === "") break;
    const and = /^AND\s+/.exec(rest);
    if (and === null) return { problem: `expected AND before "${rest}"` };
    rest = rest.slice(and[0].length);
    if (rest === "") return { problem: "a condition is missing after AND" };
  }
  return conditions;
}
