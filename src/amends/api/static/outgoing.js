// Answers that can still be taken back: the seconds that are left, counted down by this machine's own clock.

import { $$, when } from "./dom.js";

const ends = new Map();

function count() {
  for (const place of $$("[data-reply] [data-left]")) {
    const id = place.closest("[data-reply]").dataset.reply;
    if (!ends.has(id)) ends.set(id, Date.now() + Number(place.dataset.left) * 1000);
    const left = Math.ceil((ends.get(id) - Date.now()) / 1000), words = left > 0 ? place.dataset.words.replace("{n}", left) : place.dataset.gone;
    if (place.textContent !== words) place.textContent = words;
  }
}

when("page-changed", count);
when("case-shown", () => { ends.clear(); count(); });
setInterval(count, 1000);
