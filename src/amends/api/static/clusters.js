// Suggested incidents follow the stream: what was triaged a moment ago is gathered a moment later, so they are asked for then.

import { request } from "./asking.js";
import { $, when } from "./dom.js";

const MOMENTS = [2500, 9000];
let waiting = [];

function ask() {
  const shown = $("#clusters[data-from]");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  request("GET", shown.dataset.from, { lane: "clusters", target: "#clusters", swap: "outerHTML" });
}

when("news-came", () => {
  if (!$("#clusters[data-from]")) return;
  waiting.forEach(clearTimeout);
  waiting = MOMENTS.map((moment) => setTimeout(ask, moment));
});
