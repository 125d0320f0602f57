// Promises: what is selected in the answer is what is promised; the form goes away once it is kept. The zone is this browser's own.

import { $, when } from "./dom.js";

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function chosen() {
  const box = $("#reply-text");
  return box ? box.value.slice(box.selectionStart, box.selectionEnd) : "";
}

function close() {
  const place = $("#promise-place");
  if (place) place.replaceChildren();
}

when("htmx:configRequest", (event) => {
  if (!event.target.closest("[data-promise]")) return;
  event.detail.parameters.chosen = chosen();
  event.detail.parameters.zone = zone();
});
when("click", (event) => {
  if (!event.target.closest("[data-do=close-promise]")) return;
  close();
  $("#reply-text")?.focus();
});
when("htmx:afterRequest", (event) => {
  if (event.target.id !== "promise-form" || !event.detail.successful) return;
  close();
  $("#reply-text")?.focus();
});
