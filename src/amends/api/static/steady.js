// What the agent looks at in the list stays where it is while rows around it change and the button for new ones comes: the row with the
// focus, else that of the open case, else the first in view of a list that was scrolled.

import { $, $$, openCase } from "./dom.js";

export function steadily(change) {
  const row = lookedAt(), before = row?.getBoundingClientRect().top;
  change();
  const now = row && document.getElementById(row.id);
  if (now) $("#scroll").scrollTop += now.getBoundingClientRect().top - before;
}

function lookedAt() {
  const scroll = $("#scroll");
  if (!scroll) return null;
  const { top, bottom } = scroll.getBoundingClientRect();
  const isInView = (row) => row && row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom;
  const chosen = [document.activeElement.closest("#rows .row"), openCase() && $(`#row-${openCase()}`)].find(isInView);
  return chosen || (scroll.scrollTop > 0 ? $$("#rows .row").find(isInView) : null);
}
