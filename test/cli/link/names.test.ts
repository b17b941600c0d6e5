import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { createRouterTransport } from "@connectrpc/connect";
import { expect } from "chai";
import { RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { lastPart, runName, sessionName, sessionPart } from "../../../src/cli/link/names.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";

/** A gateway whose runs are listed in the given pages; counts the pages that were asked for. */
function runPages(...pages: { name: string; createTime: string }[][]) {
  const asked = { pages: 0 };
  const transport = createRouterTransport(({ service }) => {
    service(RunService, {
      listRuns: ({ pageToken }) => {
        const page = Number(pageToken || 0);
        asked.pages += 1;
        const runs = pages[page]?.map((run) => ({ ...run, createTime: timestampFromDate(new Date(run.createTime)) }));
        return { runs: runs ?? [], nextPageToken: page + 1 < pages.length ? String(page + 1) : "" };
      },
    });
  });
  return { asked, runs: createGatewayClient({ url: "", transport }).runs };
}

const id = "01M81CAYQC86Q4H775NCWD7FCM";
const other = "01M81CAXYY89B69E46WAZK2EMY";
/** The time in the id. */
const createTime = "2026-11-22T10:20:26.220Z";

describe("names", () => {
  it("of sessions may be short", () => {
    expect([sessionName("main"), sessionName("sessions/main")]).to.deep.equal(["sessions/main", "sessions/main"]);
    expect([lastPart("sessions/a/runs/b"), lastPart("b"), lastPart(undefined)]).to.deep.equal(["b", "b", ""]);
    expect(sessionPart("sessions/a/runs/b")).to.equal("a");
  });
});

describe("runName", () => {
  it("needs no look for a name that says its session", async () => {
    const { runs, asked } = runPages();
    expect(await runName(runs, "sessions/a/runs/b")).to.equal("sessions/a/runs/b");
    expect(await runName(runs, "a/b")).to.equal("sessions/a/runs/b");
    expect(asked.pages).to.equal(0);
  });

  it("finds an id on a later page", async () => {
    const { runs } = runPages(
      [{ name: `sessions/a/runs/${other}`, createTime }],
      [{ name: `sessions/b/runs/${id}`, createTime }],
    );
    expect(await runName(runs, id)).to.equal(`sessions/b/runs/${id}`);
  });

  it("stops looking where every run is older than the id", async () => {
    const old = { name: `sessions/a/runs/${other}`, createTime: "2026-11-22T09:00:00Z" };
    const { runs, asked } = runPages([old], [old], [old]);
    expect(await runName(runs, id).catch((error: Error) => error.message)).to.equal(`there is no run ${id}`);
    expect(asked.pages).to.equal(1);
  });

  it("refuses a word that cannot name a run", async () => {
    const { runs } = runPages();
    for (const word of ["hello", "a/b/c", ""]) {
      expect(await runName(runs, word).catch((error: Error) => error.name), word).to.equal("UsageError");
    }
  });
});
