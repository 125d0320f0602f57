// Suggested incidents follow the stream: what was triaged a moment ago is gathered a moment later, so they are asked for then.

import { request } from "./asking.js";
import { $, when } from "./dom.js";

const MOMENTS = [2500, 9000];
let waiting = [];

const free = () => $("#clusters[data-from]") && !$("#clusters").contains(document.activeElement);

function ask() {
  if (document.hidden || !free()) return;
  request("GET", $("#clusters").dataset.from, { lane: "clusters", target: "#clusters", swap: "outerHTML", still: free });
}

when("news-came", () => {
  if (!$("#clusters[data-from]")) return;
  waiting.forEach(clearTimeout);
  waiting = MOMENTS.map((moment) => setTimeout(ask, moment));
});
