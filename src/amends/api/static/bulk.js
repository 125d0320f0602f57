// Selecting cases: v marks one, Shift with j or k marks on the way, Shift and a click mark a range. The bar says what to do with them.

import { request } from "./asking.js";
import { $, $$, openCase, when } from "./dom.js";
import { locale } from "./texts.js";

const marked = new Set();
let anchor = "", query = $("#list")?.dataset.query, every = 0, countedIn = null; // how many match, where all of them are selected, and what is asked for that

const boxes = () => $$("#rows [data-mark]");
const here = () => document.activeElement.closest?.(".row") || (openCase() && $(`#row-${openCase()}`)) || $("#rows .row");

// Only those that are marked, also where all that match were asked for and are not counted yet.
function noLongerAll() {
  every = 0;
  countedIn = null;
}

function mark(id, on) {
  noLongerAll();
  if (on) marked.add(id);
  else marked.delete(id);
  anchor = id;
}

export function markRow(by) {
  const row = here();
  if (!row) return;
  const id = row.dataset.id;
  mark(id, by ? true : !marked.has(id));
  const next = by > 0 ? row.nextElementSibling : by < 0 ? row.previousElementSibling : row;
  if (next?.matches(".row")) {
    $("a", next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (by) marked.add(next.dataset.id);
  }
  show();
}

export function toggleAll() {
  const ids = boxes().map((box) => box.value), all = ids.every((id) => marked.has(id));
  for (const id of ids) mark(id, !all);
  show();
}

export function selectNone() {
  marked.clear();
  noLongerAll();
  anchor = "";
  show();
  lay(false);
}

// Whether there was anything to unmark.
export function unmark() {
  const some = marked.size > 0;
  if (some) selectNone();
  return some;
}

// The bar; the toasts make room for it.
function lay(shown) {
  const bar = $("#bulk");
  if (bar) bar.hidden = !shown;
  document.body.classList.toggle("selecting", shown);
}

function range(box) {
  noLongerAll();
  const all = boxes(), from = all.findIndex((one) => one.value === anchor), to = all.indexOf(box);
  for (const one of from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1)) marked.add(one.value);
  show();
}

function show() {
  for (const box of boxes()) box.checked = marked.has(box.value);
  $("#list")?.classList.toggle("marking", marked.size > 0);
  if (!$("#bulk")) return;
  if (!marked.size) {
    if ($("form#bulk-in")) lay(false);
    return;
  }
  lay(true);
  if ($("form#bulk-in")) fill();
  else fetchTools();
}

function fetchTools() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", mine = $("#list").dataset.query;
  request("GET", `/bulk${mine}${mine ? "&" : "?"}zone=${encodeURIComponent(zone)}`, { target: "#bulk-in", swap: "outerHTML", still: () => !$("form#bulk-in") }).then(fill);
}

function fill() {
  const form = $("form#bulk-in");
  if (!form) return;
  form.elements.ids.value = [...marked].join(",");
  form.elements.all.value = every ? "1" : "";
  if (!every) $("#bulk-all").replaceChildren();
  $("[data-selected]", form).textContent = (every || marked.size).toLocaleString(locale);
}

when("click", (event) => {
  const box = event.target.closest("[data-mark]");
  const row = event.shiftKey && !box && event.target.closest("#rows .row");
  if (event.target.closest("[data-do='select-none']")) selectNone();
  else if (row) {
    event.preventDefault();
    range($("[data-mark]", row));
  } else if (box && event.shiftKey && box.checked) range(box);
  else if (box) {
    mark(box.value, box.checked);
    show();
  }
});
when("list-shown", () => {
  if ($("#list")?.dataset.query !== query) selectNone();
  query = $("#list")?.dataset.query;
  if (marked.size) show();
});
when("page-changed", () => marked.size && show());
when("htmx:beforeRequest", ({ detail: { target, xhr } }) => {
  if (target.id === "bulk-all") countedIn = xhr;
});
when("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "bulk-all" && detail.xhr !== countedIn) detail.shouldSwap = false;
});
when("htmx:afterSettle", (event) => {
  const all = event.target.id === "bulk-all" && $("[data-all]", event.target);
  if (!all) return;
  every = Number(all.dataset.all);
  fill();
});
when("bulk-started", () => {
  marked.clear();
  noLongerAll();
  for (const box of boxes()) box.checked = false;
  $("#list").classList.remove("marking");
  lay(true);
});
