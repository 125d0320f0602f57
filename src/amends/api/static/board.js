// The board of an incident follows the stream, once in three seconds at most, and never under the fingers of who works on it.

import { request } from "./asking.js";
import { $, when } from "./dom.js";

const PAUSE = 3000;
let waiting = 0;

const free = () => $("#incident-live") && !$("#incident-live").contains(document.activeElement);

function ask() {
  waiting = 0;
  if (document.hidden || !free()) return;
  request("GET", $("#incident-live").dataset.from, { lane: "board", target: "#incident-live", swap: "outerHTML", still: free });
}

when("news-came", () => {
  if ($("#incident-live")) waiting ||= setTimeout(ask, PAUSE);
});
