// Mentions: an @ in the note offers the people and teams that see the case; arrows, Enter or Tab put one in, Escape goes on writing.

import { $, $$, openCase, when } from "./dom.js";
import { wrote } from "./writing.js";

const MOST = 8, LONGEST = 60;
const box = () => $("#note-text");
const list = () => $("#mentionable");
const options = () => $$("[role=option]", list());
const chosen = () => $("[aria-selected=true]", list());
let known = { of: "", people: Promise.resolve([]) }, begins = -1, newest = 0;

// Asked once a case, also by who types on while the answer is under way.
function people() {
  const of = openCase();
  if (known.of !== of) known = { of, people: fetched(of) };
  return known.people;
}

async function fetched(of) {
  const answer = await fetch(`/inbox/${of}/mentionable`).catch(() => null);
  if (answer?.ok) return answer.json();
  if (known.of === of) known.of = "";
  return [];
}

// What is typed behind the last @ that begins a word, up to the caret; null where there is none.
function asked() {
  const { value, selectionStart } = box(), before = value.slice(0, selectionStart);
  const found = /(?:^|[^\p{L}\p{M}\p{N}_@/.+-])@([^@\n]*)$/u.exec(before);
  if (!found || found[1].length > LONGEST || /^\s/.test(found[1])) return null;
  begins = selectionStart - found[1].length - 1;
  return found[1].toLocaleLowerCase();
}

const fits = (one, text) => one.name.toLocaleLowerCase().startsWith(text) || (text && ` ${one.name.toLocaleLowerCase()}`.includes(` ${text}`));

// Only what was typed last offers or closes: an answer that comes late must not take away the list of a newer one.
async function offer() {
  const mine = ++newest, text = asked();
  if (text === null) return close();
  const found = (await people()).filter((one) => fits(one, text)).slice(0, MOST);
  if (mine !== newest) return;
  if (document.activeElement !== box() || asked() !== text || !found.length) return close();
  list().replaceChildren(...found.map(option));
  list().hidden = false;
  box().setAttribute("aria-controls", "mentionable");
  mark(0);
}

function option(one, place) {
  const line = Object.assign(document.createElement("li"), { id: `mention-${place}` });
  line.setAttribute("role", "option");
  line.dataset.words = one.words;
  line.append(Object.assign(document.createElement("bdi"), { textContent: one.name }));
  const more = one.is_team ? list().dataset.team : one.words === one.name ? "" : one.words;
  if (more) line.append(Object.assign(document.createElement("span"), { className: "faint", textContent: more }));
  return line;
}

function mark(place) {
  options().forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
  box().setAttribute("aria-activedescendant", options()[place].id);
  options()[place].scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options();
  mark((all.indexOf(chosen()) + by + all.length) % all.length);
}

function close() {
  newest += 1;
  if (!list() || list().hidden) return;
  list().hidden = true;
  list().replaceChildren();
  box().removeAttribute("aria-activedescendant");
  box().removeAttribute("aria-controls");
}

function take(one) {
  const field = box();
  field.setRangeText(`@${one.dataset.words} `, begins, field.selectionStart, "end");
  close();
  wrote(field.form);
}

const KEYS = {
  "ArrowDown": () => step(1),
  "ArrowUp": () => step(-1),
  "Enter": () => take(chosen()),
  "Tab": () => take(chosen()),
  "Escape": close,
};

function pressed(event) {
  if (event.target !== box() || !list() || list().hidden || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey || !KEYS[event.key]) return;
  KEYS[event.key]();
  event.preventDefault();
  event.stopImmediatePropagation();
}

window.addEventListener("keydown", pressed, true);
when("input", (event) => event.target === box() && offer());
when("focusout", (event) => event.target === box() && setTimeout(() => document.activeElement !== box() && close(), 200));
when("mousedown", (event) => {
  const one = event.target.closest("#mentionable [role=option]");
  if (!one) return;
  event.preventDefault();
  take(one);
});
