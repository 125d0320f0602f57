// Sleep: the picker of times (s), and "later" at once (h). The times are those of this browser's own zone.

import { deed, request } from "./asking.js";
import { $, $$, openCase, when } from "./dom.js";

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function picker() {
  const known = $("#snooze");
  if (known) return known;
  const made = Object.assign(document.createElement("dialog"), { id: "snooze", className: "help picker" });
  made.setAttribute("aria-labelledby", "snooze-title");
  made.append(Object.assign(document.createElement("div"), { id: "snooze-in" }));
  document.body.append(made);
  return made;
}

export function pickTime() {
  if (!openCase()) return;
  const dialog = picker(), id = openCase(), still = () => openCase() === id && !dialog.open;
  request("GET", `/inbox/${id}/snooze?zone=${encodeURIComponent(zone())}`, { target: "#snooze-in", swap: "outerHTML", still }).then(() => {
    if (!$("#snooze [data-slept]")) return;
    dialog.showModal();
    $("#snooze li button").focus();
  });
}

export function later() {
  if (openCase()) deed(`/inbox/${openCase()}/snooze`, { preset: "next", zone: zone() });
}

function move(event) {
  const buttons = $$("#snooze li button"), at = buttons.indexOf(document.activeElement);
  if (at < 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  buttons[Math.min(buttons.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
}

when("keydown", (event) => event.target.closest("#snooze li") && move(event));
when("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("[data-slept]")) $("#snooze").close();
});
