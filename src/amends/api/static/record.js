// The customer's page: the keyboard stays where one was when a piece of the record is drawn anew; Escape leaves a box.

import { $, $$, when } from "./dom.js";

let next = "";

function inMyZone() {
  for (const field of $$("[data-my-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

when("record-changed", ({ detail }) => (next = detail.focus || ""));
when("htmx:oobAfterSwap", ({ detail }) => {
  if (!next || detail.target.id !== "record") return;
  const place = document.getElementById(next);
  next = "";
  place?.focus();
});
when("click", (event) => {
  const leaving = event.target.closest("[data-cancel]");
  if (leaving) next = leaving.dataset.cancel;
});
when("keydown", (event) => {
  const box = event.target.closest(".field.editing");
  if (!box || event.isComposing) return;
  if (event.key === "Escape") $("[data-cancel]", box).click();
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("form", box).requestSubmit();
});

inMyZone();
