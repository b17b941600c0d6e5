/**
 * The gateway's web page: GET / and the two files it needs. A gateway that runs from its sources makes them when they are asked
 * for first; one that was built has them beside it.
 */

import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import type { HeaderSet } from "../guard/origin-guard.ts";
import type { Page, PageAnswer } from "./page.ts";

/** Scripts and styles come from the gateway alone, and so does all the page calls. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers: HeaderSet = {
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

const types = {
  "dashboard.html": "text/html; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
} as const;

type FileName = keyof typeof types;

/** Whoever has the page still has to sign in: the files are for everybody. */
export function dashboardPages(): Page[] {
  const files = new Map<FileName, Promise<PageAnswer>>();
  const answer = (name: FileName): Promise<PageAnswer> => {
    const known = files.get(name) ?? makeAnswer(name);
    files.set(name, known);
    // What failed is tried again.
    known.catch(() => files.delete(name));
    return known;
  };
  const page = (path: string, name: FileName): Page => ({ path, scope: undefined, answer: () => answer(name) });
  return [page("/", "dashboard.html"), page("/dashboard/style.css", "style.css"), page("/dashboard/app.js", "app.js")];
}

async function makeAnswer(name: FileName): Promise<PageAnswer> {
  const root = dirname(findPackageJSON(import.meta.url) ?? "");
  const built = !import.meta.url.endsWith(".ts");
  const source = join(root, "src", "dashboard");
  const body = built
    ? await readFile(join(root, "dist", "dashboard", name))
    : name === "app.js"
      ? await bundle(join(source, "main.ts"))
      : await readFile(join(source, "page", name));
  return { contentType: types[name], body, headers };
}

async function bundle(entry: string): Promise<Uint8Array> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
