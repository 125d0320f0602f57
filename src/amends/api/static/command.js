// The command bar: what one can do here, every screen, and what the server finds among cases and customers, by keyboard alone.

import { $, $$, me, openCase, when } from "./dom.js";
import { showCase } from "./places.js";

const dialog = $("#command"), field = $("#command-words"), list = $("#command-found");
const MOST = 8, KEPT = 6, PAUSE = 90;
const SEARCH = "/search?"; // the way to all texts, which is there whatever is asked, and nothing that is found
const place = `amends-recent:${me()}`;
const things = dialog ? JSON.parse(dialog.dataset.keys).filter(({ name }) => name !== "command" && name !== "leave") : [];
const groupOf = (wanted) => things.find(({ name }) => name === wanted)?.group;
const ofCase = groupOf("reply"), ofPost = groupOf("label-mood-neutral");
const folded = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
const recent = () => JSON.parse(localStorage.getItem(place) || "[]");

export function command() {
  if (!dialog) return;
  if (dialog.open) return dialog.close();
  field.value = "";
  dialog.showModal();
  find();
}

// What can be done now: on the case that is open, with the buttons that are there.
function possible({ does, group }) {
  const [, how, what] = /^(\w+):(.*)$/.exec(does);
  if (how === "press") return $(what) && !$(what).disabled;
  if (how === "go") return $$("#rail a").some((link) => link.getAttribute("href") === what);
  return (group !== ofCase && group !== ofPost) || Boolean(openCase());
}

function local() {
  const doing = things.filter((thing) => !thing.does.startsWith("go:") && possible(thing));
  const going = $$("#rail a[href]:not(.home)").map((link) => {
    const href = link.getAttribute("href"), thing = things.find(({ does }) => does === `go:${href}`);
    return { name: `go-${href}`, href, does: `go:${href}`, says: $("span", link).textContent.trim(), english: thing?.english, keys: thing?.keys || [], group: dialog.dataset.screens };
  });
  return [...doing, ...going];
}

function option({ name, says, does, href, keys, group }, index) {
  const it = document.createElement("div");
  it.role = "option";
  it.id = `found-here-${index}`;
  Object.assign(it.dataset, { name, does: does || "", href: href || "" });
  it.append(Object.assign(document.createElement("span"), { className: "says", textContent: says[0].toUpperCase() + says.slice(1) }));
  it.append(Object.assign(document.createElement("span"), { className: "more-words faint", textContent: group || "" }));
  for (const cap of (keys?.[0] || "").split(/[ +](?=.)/).filter(Boolean)) it.append(Object.assign(document.createElement("kbd"), { textContent: cap }));
  return it;
}

function grouped(says, options) {
  const group = document.createElement("div");
  group.role = "group";
  group.ariaLabel = says;
  const head = Object.assign(document.createElement("p"), { className: "kind", textContent: says, ariaHidden: "true" });
  group.append(head, ...options);
  return group;
}

function here(words) {
  const all = local(), parts = folded(words).split(/\s+/).filter(Boolean);
  if (!parts.length) {
    const last = recent().filter((one) => one.href || all.some(({ name }) => name === one.name)).map((one) => all.find(({ name }) => name === one.name) || one);
    const rest = all.filter(({ name }) => !last.some((one) => one.name === name));
    return [last.length && grouped(dialog.dataset.recent, last.map(option)), ...byGroup(rest, last.length)].filter(Boolean);
  }
  const fits = all.filter((one) => parts.every((part) => folded(`${one.says} ${one.english || ""} ${one.group}`).includes(part)));
  const begins = ({ says, english }) => [says, english || ""].some((name) => folded(name).startsWith(parts[0]));
  fits.sort((a, b) => begins(b) - begins(a));
  return byGroup(fits.slice(0, MOST), 0);
}

function byGroup(found, from) {
  const names = [...new Set(found.map(({ group }) => group))].sort((a, b) => (b === ofCase) - (a === ofCase));
  return names.map((name) => grouped(name, found.map((one, index) => [one, index]).filter(([one]) => one.group === name).map(([one, index]) => option(one, from + index))));
}

let asking = 0, abort;
let isAsked = false; // that nothing is called so, only who has asked the server may say

function find() {
  const words = field.value.trim();
  isAsked = words.length > 1;
  show(here(words));
  clearTimeout(asking);
  abort?.abort();
  if (isAsked) asking = setTimeout(() => ask(words), PAUSE);
}

async function ask(words) {
  abort = new AbortController();
  const asked = { headers: { "HX-Request": "true" }, signal: abort.signal };
  const found = await fetch(`/find?q=${encodeURIComponent(words)}`, asked).then((answer) => (answer.ok ? answer.text() : ""), () => "").catch(() => "");
  if (field.value.trim() !== words) return; // typed on meanwhile
  isAsked = false;
  const chosen = $("[aria-selected=true]", list)?.id;
  list.insertAdjacentHTML("beforeend", found);
  choose((chosen && document.getElementById(chosen)) || options()[0]);
}

const options = () => $$("[role=option]", list);

function show(groups) {
  list.replaceChildren(...groups);
  choose(options()[0]);
}

function choose(next) {
  const found = options();
  for (const one of found) one.ariaSelected = String(one === next);
  list.hidden = !found.length;
  field.ariaExpanded = String(found.length > 0);
  if (next) field.setAttribute("aria-activedescendant", next.id);
  else field.removeAttribute("aria-activedescendant");
  next?.scrollIntoView({ block: "nearest" });
  const named = found.filter(({ dataset }) => !dataset.href?.startsWith(SEARCH)).length;
  $("#command-says").textContent = named ? dialog.dataset.found.replace("{}", named) : isAsked ? "" : dialog.dataset.nothing;
}

function move(event) {
  const found = options(), at = found.findIndex((one) => one.ariaSelected === "true");
  const next = { ArrowDown: (at + 1) % found.length, ArrowUp: (at - 1 + found.length) % found.length, PageDown: Math.min(at + 8, found.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
  if (event.key === "Enter") take(found[at]);
  else if (next === undefined) return;
  else choose(found[next]);
  event.preventDefault();
}

function take(chosen) {
  if (!chosen) return;
  const { name, does, href, case: id } = chosen.dataset, says = $(".says", chosen).textContent;
  const kept = { name: name || href, href: href || "", says, group: $(".more-words", chosen).textContent.slice(0, 80), case: id || "" };
  localStorage.setItem(place, JSON.stringify([kept, ...recent().filter((one) => one.name !== kept.name)].slice(0, KEPT)));
  dialog.close(); // which gives the focus back before the thing is done, so that it may take it
  if (does) document.dispatchEvent(new CustomEvent("run", { detail: { does } }));
  else if (id || /^\/inbox\/\d+$/.test(href)) showCase(id || href.split("/").pop());
  else location.assign(href);
}

field?.addEventListener("input", find);
field?.addEventListener("keydown", move);
list?.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
when("click", (event) => event.target === dialog && dialog.close());
