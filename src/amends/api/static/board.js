// The board of an incident follows the stream, once in three seconds at most, and never under the fingers of who works on it.

import { request } from "./asking.js";
import { $, when } from "./dom.js";

const PAUSE = 3000;
let waiting = 0;

function ask() {
  waiting = 0;
  const shown = $("#incident-live");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  request("GET", shown.dataset.from, { lane: "board", target: "#incident-live", swap: "outerHTML" });
}

when("news-came", () => {
  if ($("#incident-live")) waiting ||= setTimeout(ask, PAUSE);
});
