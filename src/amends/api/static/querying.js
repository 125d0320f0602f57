// The box of the query: suggestions as one types, taken by arrows and Enter; and the pane of views, whose counts are fetched anew.

import { request } from "./asking.js";
import { $, $$, when } from "./dom.js";
import { query, showList } from "./places.js";

const box = () => $("#search");
const options = () => $$("#suggestions [role=option]");
const marked = () => $("#suggestions [aria-selected=true]");
let waiting = 0, wanted = false, suggestedFor = "";

function close() {
  clearTimeout(waiting);
  wanted = false;
  const list = $("#suggestions");
  if (!list) return;
  list.hidden = true;
  list.replaceChildren();
  box().setAttribute("aria-expanded", "false");
  box().removeAttribute("aria-activedescendant");
}

async function suggest() {
  const field = box(), text = field.value, at = field.selectionStart;
  const answer = await fetch(`${field.dataset.suggest ?? "/inbox/suggest"}?${new URLSearchParams({ q: text, at })}`).catch(() => null);
  const html = answer?.ok ? (await answer.text()).trim() : "";
  if (!html || !wanted || document.activeElement !== box() || box().value !== text) return;
  const kept = marked()?.dataset.text;
  suggestedFor = text;
  offer(Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild);
  mark(options().find((one) => one.dataset.text === kept));
}

function offer(list) {
  $("#suggestions").replaceWith(list);
  box().setAttribute("aria-expanded", String(!list.hidden));
}

function mark(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) box().setAttribute("aria-activedescendant", option.id);
  else box().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options(), at = all.indexOf(marked());
  mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
}

// What was typed since it was offered belongs to the word that it takes the place of.
function take(option) {
  const field = box(), { text, begin } = option.dataset, end = Number(option.dataset.end) + field.value.length - suggestedFor.length;
  const more = text.endsWith(":") ? "" : " ";
  field.value = field.value.slice(0, begin) + text + more + field.value.slice(end).trimStart();
  const at = Number(begin) + text.length + more.length;
  close();
  field.focus();
  field.setSelectionRange(at, at);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function pressed(event) {
  if (event.target !== box() || !options().length) return;
  if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "Enter" && marked()) take(marked());
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

when("input", (event) => {
  if (event.target !== box()) return;
  clearTimeout(waiting);
  wanted = true;
  waiting = setTimeout(suggest, 120);
});
window.addEventListener("keydown", pressed, true);
when("mousedown", (event) => {
  const option = event.target.closest("#suggestions [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});
when("focusout", (event) => event.target === box() && setTimeout(() => document.activeElement !== box() && close(), 200));
// The list that follows the typing brings a box of its own; what was suggested, and what of it was marked, goes on there.
let left = {};
when("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "list") left = { list: $("#suggestions"), text: box().value };
});
when("list-shown", () => {
  if (!left.list?.children.length || document.activeElement !== box() || box().value !== left.text) return;
  offer(left.list);
  mark(marked());
});
when("submit", (event) => event.target.matches("[data-filters]") && close());

// Counts of time and of saved views go on by themselves; a form that somebody fills in there is left alone. A view that was chosen has the
// focus, and keeps it, since its place has an id.
const filled = () => $("#views").contains(document.activeElement) && !document.activeElement.matches("a[id]");
const free = () => $("#views[data-fetch]") && !$("#views details[open]") && !filled();

function freshen() {
  if (document.hidden || !free()) return;
  request("GET", `${$("#views").dataset.fetch}${$("#list") ? query() : ""}`, { target: "#views", swap: "outerHTML", still: free });
}
setInterval(freshen, 20000);
when("views-changed", () => $("#list") && showList(`/inbox${query()}`, { push: false, keepCase: true }));
