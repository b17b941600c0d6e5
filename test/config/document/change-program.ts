/** Changes one value of a configuration in a process of its own, which a test kills at a place: "place:hit". */

import { ConfigDocument } from "../../../src/config/document/config-document.ts";
import { processSurroundings } from "../../../src/config/environment.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { killAt, noFaults } from "../../../src/lib/fault-point.ts";

const [steps = "0", fault = ""] = process.argv.slice(2);
const [place = "", hit = "1"] = fault.split(":");
const document = new ConfigDocument({
  surroundings: processSurroundings(),
  clock: systemClock,
  faults: fault === "" ? noFaults : killAt(place, Number(hit)),
});
await document.change(() => [{ path: ["agents", "defaults", "maxSteps"], value: Number(steps) }], {
  author: "program",
});
