/** GET /metrics: numbers about the gateway, for Prometheus. */

import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import type { Metrics } from "../../lib/telemetry/metrics.ts";
import type { Page } from "./page.ts";

/** The page; whoever may read may read it. */
export function metricsPage(metrics: Metrics): Page {
  return {
    path: "/metrics",
    scope: Scope.READ,
    answer: () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics.text() }),
  };
}
