// Giving a case away: one key takes what is free, else the picker shows who is there and how much they have.

import { $, htmx, openCase } from "./dom.js";
import { pick } from "./topics.js";

export function assign() {
  if (!openCase()) return;
  if ($("#assign")?.dataset.assignee) pickSomebody();
  else htmx.ajax("POST", `/inbox/${openCase()}/assign`, { values: { to: "me", expected: "nobody" }, swap: "none" });
}

export function pickSomebody() {
  const dialog = $("#assign-picker");
  if (!dialog || dialog.open) return;
  htmx.ajax("GET", `/inbox/${openCase()}/assign`, { target: "#assign-choices", swap: "innerHTML" }).then(() => dialog.isConnected && pick(dialog));
}
