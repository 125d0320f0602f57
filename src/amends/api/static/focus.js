// The focus is never lost: when what had it is gone or done, the heading of the open case has it, and the keys go on from there.

import { $, $$, openCase, when } from "./dom.js";

export const focusCase = () => openCase() && $("#case-title")?.focus({ preventScroll: true });

// A dialog gives the focus back to what had it before, which the dialog's own deed may have drawn anew.
document.addEventListener("close", () => setTimeout(() => document.activeElement === document.body && focusCase()), true);

// A browser lets lie what is in view in part; in the rows of the head, which scroll sideways on a phone, that may be but an edge.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".labels, .clocks")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// On the other screens: when what had the focus goes with a piece that is drawn anew (a button that fetches the older ones, or that removes
// its own line), what stands in its place has it. The panes of the inbox see to themselves (news.js, places.js).
const FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea, summary, [tabindex]";
const focusable = (place, it) => [place, ...$$("*", place)].filter((one) => one === it || (one.matches(FOCUSABLE) && one.checkVisibility()));
let pressed = null, left = null; // a button that is disabled while it waits loses the focus at once

when("htmx:beforeRequest", ({ detail: { elt, requestConfig } }) => {
  const it = document.activeElement;
  if (it !== document.body && elt.contains(it)) pressed = { it, asked: requestConfig };
});

function leave({ target }) {
  const it = document.activeElement === document.body ? pressed?.it : document.activeElement;
  if (!it || $("#list") || !target?.contains(it)) return;
  const before = target.previousElementSibling, around = target.parentElement;
  const stands = () => (target.isConnected ? target : before ? before.nextElementSibling : around.firstElementChild);
  left = { stands, at: focusable(target, it).indexOf(it) };
}

when("htmx:beforeSwap", ({ detail }) => detail.shouldSwap && leave(detail));
when("htmx:oobBeforeSwap", ({ detail }) => leave(detail));
when("htmx:afterRequest", ({ detail: { requestConfig } }) => {
  const answered = pressed?.asked === requestConfig && pressed.it;
  if (document.activeElement === document.body && !$("#list")) left ? goOn(left) : answered && answered.focus();
  left = null;
  if (answered) pressed = null;
});

function goOn({ stands, at }) {
  const place = stands();
  if (!place) return;
  const there = focusable(place), next = there[Math.min(at, there.length - 1)] ?? place;
  if (!there.length) place.tabIndex = -1;
  next.focus();
}
