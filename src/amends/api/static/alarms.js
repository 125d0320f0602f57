// Alarms follow the stream: whenever one rings, grows, is seen to, judged or over, they are asked for anew, at most once a second.

import { request } from "./asking.js";
import { $, $$, when } from "./dom.js";

const REST = 1000;
let resting = false, changed = false, missed = false;

async function ask() {
  const shown = $("#rung[data-from]");
  missed = Boolean(shown) && document.hidden;
  if (!shown || missed) return;
  if (resting) {
    changed = true;
    return;
  }
  resting = true;
  setTimeout(awake, REST);
  const held = document.activeElement, row = shown.contains(held) && held.closest("li[id]")?.id;
  await request("GET", `${shown.dataset.from}?rows=${$$("#case-alarm-rows > li[id]").length}`, { lane: "alarms", target: "#rung", swap: "outerHTML" });
  if (row && document.activeElement === document.body) (document.getElementById(held.id) || $(`#${row} button, #${row} a`))?.focus({ preventScroll: true });
}

function awake() {
  resting = false;
  if (!changed) return;
  changed = false;
  ask();
}

when("alarms-changed", ask);
when("visibilitychange", () => missed && !document.hidden && ask());
