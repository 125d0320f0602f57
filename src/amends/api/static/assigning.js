// Giving a case away: one key takes what is free, else the picker shows who is there and how much they have.

import { deed, request } from "./asking.js";
import { $, openCase } from "./dom.js";
import { pick } from "./topics.js";

export function assign() {
  if (!openCase()) return;
  if ($("#assign")?.dataset.assignee) pickSomebody();
  else deed(`/inbox/${openCase()}/assign`, { to: "me", expected: "nobody" });
}

export function pickSomebody() {
  const dialog = $("#assign-picker");
  if (!dialog || dialog.open) return;
  const still = () => dialog.isConnected && !dialog.open;
  request("GET", `/inbox/${openCase()}/assign`, { target: "#assign-choices", swap: "innerHTML", still }).then(() => still() && pick(dialog));
}
