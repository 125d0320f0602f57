// Keys pressed while a case is still on its way mean that case, not the one that is on screen yet: they wait for it, in their order.

import { caseIsHere, isCaseComing } from "./places.js";

const STEPS = ["next", "previous"], WRITES = ["reply", "note"];
let waiting = 0, before = Promise.resolve(), typed = null;

export function inTurn(thing, run) {
  if (!waiting && (!isCaseComing() || STEPS.includes(thing.name))) return run(thing);
  waiting += 1;
  if (WRITES.includes(thing.name)) typed = "";
  before = before.then(caseIsHere).then((here) => here && run(thing)).finally(() => {
    waiting -= 1;
    if (WRITES.includes(thing.name)) enter();
  });
}

// What is typed behind `r` or `n` goes into the box once that is here; it is no keys.
export function isTyped(event) {
  if (typed === null || event.key.length > 1) return false;
  typed += event.key;
  return true;
}

function enter() {
  const text = typed, field = document.activeElement;
  typed = null;
  if (!text || !field.matches("#reply-text, #note-text")) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
