// A slider and a number beside it say the same: who moves one moves the other. Only the number is sent.

import { $$ } from "./dom.js";

document.addEventListener("input", ({ target }) => {
  const twin = target.dataset?.with;
  if (!twin) return;
  for (const other of $$(`[data-with="${CSS.escape(twin)}"]`)) {
    if (other !== target && target.value !== "") other.value = target.value;
  }
});
