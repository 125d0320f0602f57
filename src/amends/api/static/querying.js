// The box of the query: suggestions as one types, taken by arrows and Enter; and the pane of views, whose counts are fetched anew.

import { request } from "./asking.js";
import { $, $$, when } from "./dom.js";
import { query } from "./places.js";

const box = () => $("#search");
const options = () => $$("#suggestions [role=option]");
const marked = () => $("#suggestions [aria-selected=true]");
let waiting = 0, wanted = false;

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
  const answer = await fetch(`${field.dataset.suggest ?? "/inbox/suggest"}?${new URLSearchParams({ q: text, at })}`);
  if (!answer.ok || document.activeElement !== box() || box().value !== text) return;
  const made = Object.assign(document.createElement("template"), { innerHTML: (await answer.text()).trim() }).content.firstElementChild;
  if (!made) return;
  $("#suggestions").replaceWith(made);
  box().setAttribute("aria-expanded", String(!made.hidden));
  box().removeAttribute("aria-activedescendant");
}

function mark(by) {
  const all = options(), at = all.indexOf(marked()), next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
  for (const one of all) one.setAttribute("aria-selected", String(one === next));
  box().setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function take(option) {
  const field = box(), { text, begin, end } = option.dataset;
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
  if (event.key === "ArrowDown") mark(1);
  else if (event.key === "ArrowUp") mark(-1);
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
// The list that follows the typing brings a box of its own; what was suggested comes back with it.
when("focusout", (event) => event.target === box() && setTimeout(() => document.activeElement !== box() && close(), 200));
when("list-shown", () => setTimeout(() => wanted && document.activeElement === box() && suggest(), 30));
when("submit", (event) => event.target.matches("[data-filters]") && close());

// Counts of time and of saved views go on by themselves; a form that somebody fills in there is left alone.
function freshen() {
  const pane = $("#views");
  if (document.hidden || !pane?.dataset.fetch || $("details[open]", pane) || pane.contains(document.activeElement)) return;
  request("GET", `${pane.dataset.fetch}${$("#list") ? query() : ""}`, { target: "#views", swap: "outerHTML" });
}
setInterval(freshen, 20000);
