// The merge desk is drawn anew for every pair: the pair stays in view in the list, and has the focus where nothing else has it.

import { $, when } from "./dom.js";

when("htmx:afterSettle", () => {
  const list = $(".match-list"), open = $(".match-list [aria-current]");
  if (!open) return;
  list.scrollTop += open.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
  if (document.activeElement === document.body) $("#match-title").focus({ preventScroll: true });
});
