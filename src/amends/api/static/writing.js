// Writing: the draft is kept as one types, the length is the network's own count.

import { $, $$, me, openCase, when } from "./dom.js";
import { say } from "./texts.js";

const MONTH = 30 * 86400 * 1000;
const draftName = (form) => `amends:${me()}:${openCase()}:${form.dataset.box}`;
const forms = () => $$("#composer form");

function wrote(form) {
  const text = form.elements.text.value, name = draftName(form);
  if (text.trim()) localStorage.setItem(name, JSON.stringify({ text, key: form.elements.key?.value, at: Date.now() }));
  else localStorage.removeItem(name);
  askNoMore();
  show(form);
}

const askNoMore = () => $("#reply-ask").replaceChildren();

function show(form) {
  const empty = !form.elements.text.value.trim();
  $("[data-saved]", form).hidden = empty;
  allow(form, !empty);
  if (form.dataset.most) measureSoon(form);
}

function allow(form, may) {
  for (const button of $$("[data-send]", form)) button.disabled = !may;
}

let measuring = 0;

function measureSoon(form) {
  clearTimeout(measuring);
  measuring = setTimeout(() => measure(form), 150);
}

async function measure(form) {
  const text = form.elements.text.value, headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const body = new URLSearchParams({ text });
  const answer = await fetch(form.dataset.lengthOf, { method: "POST", headers: { ...headers, "HX-Request": "true" }, body });
  if (!answer.ok || form.elements.text.value !== text) return;
  const { length, most, posts } = await answer.json(), shown = $("[data-length]", form);
  shown.textContent = length > most ? say("too_long", { n: length - most }) : say("length", { length, most });
  shown.classList.toggle("near", length > most * 0.9 && length <= most);
  shown.classList.toggle("over", length > most);
  allow(form, text.trim() && length <= most);
  showPosts(form, posts || []);
}

// How the answer would go out as several posts: the server's own split, offered only where one post is too short.
function showPosts(form, posts) {
  const button = $("[data-in-posts]", form), many = posts.length > 1 && !form.elements.private?.checked;
  $("#reply-posts").hidden = !many;
  if (!button) return;
  button.hidden = button.disabled = !many;
  button.textContent = say("as_posts", { n: posts.length });
  $("#reply-posts ol").replaceChildren(...(many ? posts : []).map((post) => Object.assign(document.createElement("li"), { textContent: post, dir: "auto" })));
}

function restore(form) {
  const kept = JSON.parse(localStorage.getItem(draftName(form)) || "null");
  if (!kept) return;
  form.elements.text.value = kept.text;
  if (kept.key && form.elements.key) form.elements.key.value = kept.key;
  show(form);
}

function gone(event) {
  const form = $(`#form-${event.detail.box}`);
  localStorage.removeItem(draftName(form));
  form.elements.text.value = "";
  if (event.detail.box === "reply") nothingBeside(form);
  setTimeout(askNoMore); // the answer that is being swapped in belongs to a button in there
  if (form.elements.key) form.elements.key.value = event.detail.key;
  show(form);
  $("#thread-scroll").scrollTop = $("#thread-scroll").scrollHeight;
  form.elements.text.blur();
}

function nothingBeside(form) {
  $("#reply-pictures")?.replaceChildren();
  if (form.elements.private) form.elements.private.checked = false;
  showPosts(form, []);
}

function forgetOldDrafts() {
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith("amends:"))) {
    if ((JSON.parse(localStorage.getItem(name))?.at || 0) < Date.now() - MONTH) localStorage.removeItem(name);
  }
}

export function write(box) {
  if (!$("#composer")) return;
  for (const name of ["reply", "note"]) {
    const chosen = name === box, tab = $(`#tab-${name}`);
    $(`#panel-${name}`).hidden = !chosen;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  $(`#${box}-text`).focus();
}

// Puts ready words behind what is written already; the agent reads them before they go out.
export function useWords({ dataset }) {
  const field = $("#reply-text");
  write("reply");
  if (!field.value.includes(dataset.words)) field.value = [field.value.trim(), dataset.words].filter(Boolean).join("\n");
  wrote(field.form);
  field.setSelectionRange(field.value.length, field.value.length);
}

export function writePrivate() {
  const box = $("#reply-private");
  write("reply");
  if (!box) return;
  box.checked = true;
  show(box.form);
}

export function send(form, andResolve) {
  const button = (andResolve && $('[data-send="both"]', form)) || $('[data-send="one"]', form);
  if (!button.disabled) button.click();
}

when("input", (event) => event.target.matches("#composer textarea") && wrote(event.target.form));
when("draft-done", gone);
when("change", (event) => event.target.id === "reply-private" && show(event.target.form));
when("case-shown", () => forms().forEach(restore));
when("form-done", (event) => {
  for (const form of $$(`#form-${event.detail.form}, [data-form="${event.detail.form}"]`)) form.reset();
});
when("change", (event) => event.target.closest("[data-auto]")?.requestSubmit());
forgetOldDrafts();
