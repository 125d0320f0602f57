// The focus is never lost: when what had it is gone or done, the heading of the open case has it, and the keys go on from there.

import { $, openCase } from "./dom.js";

export const focusCase = () => openCase() && $("#case-title")?.focus({ preventScroll: true });

// A dialog gives the focus back to what had it before, which the dialog's own deed may have drawn anew.
document.addEventListener("close", () => setTimeout(() => document.activeElement === document.body && focusCase()), true);

// A browser lets lie what is in view in part; in the rows of the head, which scroll sideways on a phone, that may be but an edge.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".labels, .clocks")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
