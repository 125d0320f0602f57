// Writing: what is in the box, and what follows from it. Drafts, length, macros and translation have files of their own.

import { $, $$, when } from "./dom.js";
import { broughtBack, emptied, forget, keep, restore, underWay } from "./drafts.js";
import { focusCase } from "./focus.js";
import { direct, measureSoon, showPosts } from "./length.js";

const forms = () => $$("#composer form[data-box]");

// Puts words in as if they had been typed, so that the browser's own undo (Ctrl+Z) brings back what they replace.
export function writeIn(field, text, from, to) {
  field.focus();
  field.setSelectionRange(from, to);
  document.execCommand("insertText", false, text);
}

export function wrote(form) {
  keep(form);
  askNoMore();
  show(form);
}

export const askNoMore = () => $("#reply-ask")?.replaceChildren();

export function show(form) {
  const { value } = form.elements.text, empty = !value.trim();
  direct(form.elements.text, value.length);
  for (const button of $$("[data-only-written]", form)) button.hidden = empty;
  allow(form, !empty);
  if (form.dataset.most) measureSoon(form);
}

export function allow(form, may) {
  for (const button of $$("[data-send]", form)) button.disabled = !may;
}

// What the server tells of a box is told of one case; in its place may be another one by now, where somebody writes already.
const formOf = ({ detail }) => $(`#form-${detail.box}[data-draft^="/inbox/${detail.case}/"]`);

function sent(event) {
  const form = formOf(event), more = form && typedSince(form);
  thrownAway(event);
  if (!form) return;
  if (form.elements.key) form.elements.key.value = event.detail.key;
  $("#thread-scroll").scrollTop = $("#thread-scroll").scrollHeight;
  if (!more) return focusCase();
  form.elements.text.value = more;
  wrote(form);
}

// What goes on in the box while its words are under way is not part of them: it begins what is written next.
when("htmx:beforeRequest", ({ detail }) => {
  const form = sender(detail);
  if (!form) return;
  form.dataset.sent = form.elements.text.value;
  underWay(form, true);
});
when("htmx:afterRequest", ({ detail }) => {
  const form = sender(detail);
  if (form) underWay(form, false);
});

// The box whose words are sent; it may be gone from the screen when the answer comes.
function sender({ requestConfig: { verb, path, elt } }) {
  const isIt = (one) => one.getAttribute("hx-post") === path;
  const told = elt?.matches?.("[data-told]") && elt.closest("form");
  return verb === "post" && (told || forms().find(isIt) || (elt?.matches?.("form[data-draft]") && isIt(elt) && elt));
}

function typedSince({ dataset, elements: { text } }) {
  const { sent: before = text.value } = dataset;
  return text.value.startsWith(before) ? text.value.slice(before.length).trimStart() : text.value;
}

function thrownAway(event) {
  const form = formOf(event);
  forget(event.detail.case, event.detail.box);
  if (form) empty(form);
}

function empty(form) {
  emptied(form);
  form.elements.text.value = "";
  delete form.dataset.ends;
  delete form.dataset.sent;
  if (form.dataset.box === "reply") nothingBeside(form);
  setTimeout(askNoMore); // the answer that is being swapped in belongs to a button in there
  show(form);
}

function nothingBeside(form) {
  $("#reply-pictures")?.replaceChildren();
  $("#reply-preview")?.replaceChildren();
  $("#reply-other")?.replaceChildren();
  if (form.elements.private) form.elements.private.checked = false;
  tell(form, false);
  showPosts(form, []);
}

// An answer that was taken back, or a draft that was thrown away: its words are in the box again.
function back(event) {
  const { box, text, version, key } = event.detail, form = formOf(event);
  if (!form) return;
  if (form.elements.key) form.elements.key.value = key;
  broughtBack(form, text, version);
  show(form);
  write(box);
}

export function write(box) {
  if (!$("#composer")) return;
  for (const name of ["reply", "note"]) {
    const chosen = name === box, tab = $(`#tab-${name}`);
    $(`#panel-${name}`).hidden = !chosen;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  const field = $(`#${box}-text`);
  if (!field.selectionStart) field.setSelectionRange(field.value.length, field.value.length); // a draft goes on where it ended
  field.focus();
}

// Puts ready words behind what is written already; the agent reads them before they go out, and first types what they leave out.
const GAP = /…|\[[^\]\n]+\]/;

export function useWords({ dataset }) {
  const field = $("#reply-text");
  write("reply");
  if (!field.value.includes(dataset.words)) field.value = [field.value.trim(), dataset.words].filter(Boolean).join("\n");
  wrote(field.form);
  const end = field.value.length, gap = GAP.exec(dataset.words), from = gap && end - dataset.words.length + gap.index;
  field.setSelectionRange(gap ? from : end, gap ? from + gap[0].length : end);
}

// The hand-over where we can write to the customer alone: this answer does.
export function writePrivate() {
  const box = $("#reply-private");
  write("reply");
  if (!box) return;
  box.checked = true;
  askNoMore();
  show(box.form);
}

// The hand-over elsewhere: polite words ask the customer to write to us alone.
export function movePrivate(button) {
  useWords(button);
  askNoMore();
  show($("#form-reply"));
}

// Where the answer was given on the network itself: what is in the box is told of, and not sent.
export function tellInstead() {
  const form = $("#form-reply");
  tell(form, !form.classList.contains("tells"));
  form.elements.text.focus();
}

function tell(form, tells) {
  form.classList.toggle("tells", tells);
  $("[data-do=answered-there]", form).setAttribute("aria-pressed", String(tells));
  if (tells) return;
  form.elements.at.value = "";
  form.elements.link.value = "";
}

// Of the ways out of the box those count that are shown: it is sent, or told of.
export function send(form, andResolve) {
  const both = andResolve || form.dataset.ends === "yes";
  const way = (name) => $$(`[data-send="${name}"]`, form).find((button) => button.offsetParent);
  const button = (both && way("both")) || way("one");
  if (button && !button.disabled) button.click();
}

when("htmx:configRequest", ({ target, detail }) => {
  if (target.matches("[data-told]")) detail.parameters.zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
});
when("input", (event) => event.target.matches("#reply-text, #note-text") && wrote(event.target.form));
when("draft-done", sent);
when("draft-back", back);
when("draft-gone", thrownAway);
when("change", (event) => event.target.id === "reply-private" && show(event.target.form));
// An empty box comes as it shall be: to look at it all the same would ask for its length, and lay out the whole case once more for that.
when("case-shown", () => {
  for (const form of forms()) {
    restore(form);
    if (form.elements.text.value || form.elements.private?.checked) show(form);
  }
});
when("form-done", (event) => {
  for (const form of $$(`#form-${event.detail.form}, [data-form="${event.detail.form}"]`)) form.reset();
});
when("change", (event) => event.target.closest("[data-auto]")?.requestSubmit());
