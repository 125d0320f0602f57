// Drafts: at once in this browser, a moment later on the server, where colleagues see them. Of two versions the newer one is in the box,
// and the other one lies beside it until somebody decides.

import { deed } from "./asking.js";
import { $, $$, me, when } from "./dom.js";
import { direct, LONGEST } from "./length.js";
import { show, write, wrote } from "./writing.js";

const MONTH = 30 * 86400 * 1000, PAUSE = 700;
const forms = () => $$("#composer form[data-draft]");
const words = () => $("#composer").dataset;

// In this browser. `synced` says that the server has the same.

const nameFor = (about, box) => `amends:${me()}:${about}:${box}`;
const nameOf = (form) => nameFor(form.dataset.draft.split("/")[2], form.dataset.box);

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) || "null");
  } catch {
    return null;
  }
}

function store(form, synced) {
  const text = form.elements.text.value;
  try {
    if (text.trim()) localStorage.setItem(nameOf(form), JSON.stringify({ text, key: form.elements.key?.value, at: Date.now(), synced }));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // The browser keeps no more; the server still does.
  }
}

for (const name of Object.keys(localStorage)) {
  if (name.startsWith("amends:") && (read(name)?.at || 0) < Date.now() - MONTH) localStorage.removeItem(name);
}

// On the server. `round` counts how often the box was emptied, so that what comes back late is known to be over. By name, since a case
// may be left, and opened anew, while its words are under way.

const states = new Map();
const stateFor = (name) => states.get(name) || states.set(name, { timer: 0, saving: null, round: 0, sending: false }).get(name);
const stateOf = (form) => stateFor(nameOf(form));

function put(form, text, keepalive = false) {
  return ask(form, { method: "PUT", body: new URLSearchParams({ text, version: form.dataset.version }), keepalive });
}

function ask(form, how) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  return fetch(form.dataset.draft, { headers, ...how }).catch(() => null);
}

export function keep(form) {
  const state = stateOf(form);
  store(form, false);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), PAUSE);
}

// Words that are under way to where they shall be are no draft: saved behind them, they would be one that nobody is writing.
export function underWay(form, sending) {
  const state = stateOf(form);
  if (state.sending === sending) return;
  state.sending = sending;
  if (!sending && form.isConnected && form.elements.text.value) keep(form);
}

async function save(form) {
  const state = stateOf(form), round = state.round;
  clearTimeout(state.timer);
  state.timer = 0;
  if (state.sending) return;
  if (state.saving) return state.saving.then(() => form.isConnected && save(form));
  const text = form.elements.text.value;
  if (text.length > LONGEST) return say(form, words().long);
  if (!text.trim() && form.dataset.version === "0") return say(form, "");
  state.saving = put(form, text);
  const answer = await state.saving;
  state.saving = null;
  if (round !== state.round) return over(form, answer);
  const shown = forms().find((one) => nameOf(one) === nameOf(form)); // the case may have been left, and opened anew
  if (shown) await heard(shown, answer, text);
}

// The box was emptied while its words were being saved: the draft that was made of them goes too.
async function over(form, answer) {
  if (!answer?.ok) return;
  form.dataset.version = (await answer.json()).version;
  await (form.isConnected ? save(form) : put(form, ""));
}

async function heard(form, answer, text) {
  if (answer?.status === 401) say(form, words().signedOut);
  else if (answer?.status === 409) differ(form, await answer.json());
  else if (!answer?.ok) say(form, words().local);
  else {
    form.dataset.version = (await answer.json()).version;
    if (form.elements.text.value !== text) return keep(form);
    settled(form);
  }
}

function settled(form) {
  store(form, true);
  say(form, form.elements.text.value.trim() ? words().saved : "");
  $(`#${form.dataset.box}-differs`).hidden = true;
}

function say(form, text) {
  const place = $("[data-saved]", form);
  place.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
}

// What was in the box has gone where it should.
export function forget(about, box) {
  const name = nameFor(about, box), state = stateFor(name);
  clearTimeout(state.timer);
  state.timer = 0;
  state.round += 1;
  state.sending = false;
  localStorage.removeItem(name);
}

export function emptied(form) {
  form.dataset.version = 0;
  say(form, "");
  $(`#${form.dataset.box}-differs`).hidden = true;
}

// The server has put these words into the box.
export function broughtBack(form, text, version) {
  form.elements.text.value = text;
  form.dataset.version = version;
  settled(form);
}

export async function discard({ dataset }) {
  const form = $(`#form-${dataset.box}`);
  await save(form); // what was typed last can be brought back too
  deed(`${form.dataset.draft}/discard`, { version: form.dataset.version });
}

// Two versions.

function differ(form, told) {
  if (!told.version) { // it was sent or thrown away elsewhere: these words begin a new one
    form.dataset.version = 0;
    return keep(form);
  }
  $(`#${form.dataset.box}-kept [data-other]`)?.remove();
  showOther(form, told.message, told.text, told.version);
  say(form, words().local);
}

function showOther(form, why, text, version) {
  const place = $(`#${form.dataset.box}-differs`);
  $("[data-why]", place).textContent = why;
  $("[data-other-words]", place).textContent = text.length > 600 ? `${text.slice(0, 600)}…` : text;
  Object.assign(place.dataset, { text, version });
  place.hidden = false;
}

export function useOther({ dataset }) {
  $(`#form-${dataset.box}`).elements.text.value = $(`#${dataset.box}-differs`).dataset.text;
  keepMine({ dataset });
}

export function keepMine({ dataset }) {
  const form = $(`#form-${dataset.box}`), place = $(`#${dataset.box}-differs`);
  form.dataset.version = place.dataset.version;
  place.hidden = true;
  wrote(form);
  form.elements.text.focus();
}

export function takeOver(button) {
  const { box, text, version } = button.dataset, form = $(`#form-${box}`), mine = form.elements.text.value.trim();
  form.elements.text.value = mine && mine !== text ? `${text}\n\n${mine}` : text;
  form.dataset.version = version;
  button.closest("[data-other]").remove();
  wrote(form);
  write(box);
}

export function restore(form) {
  const local = read(nameOf(form)), server = form.elements.text.value, at = Date.parse(form.dataset.savedAt) || 0;
  if (server) say(form, words().saved);
  if (!local) return;
  if (local.key && form.elements.key && !(local.synced && local.text !== server)) form.elements.key.value = local.key;
  if (local.text === server) store(form, true);
  else if (local.synced) lookAgain(form, local, server);
  else if (at > local.at) showOther(form, words().newer, local.text, form.dataset.version);
  else {
    if (server) showOther(form, words().older, server, form.dataset.version);
    direct(form.elements.text, local.text.length);
    form.elements.text.value = local.text;
    keep(form);
  }
}

// The server had these words once. They went on elsewhere, or were saved in the moment in which this page was read: it knows better.
async function lookAgain(form, local, server) {
  const answer = await ask(form);
  if (!answer?.ok || form.elements.text.value !== server) return;
  const there = await answer.json();
  if (!there.ours || there.text !== local.text) return localStorage.removeItem(nameOf(form));
  if (local.key && form.elements.key) form.elements.key.value = local.key;
  broughtBack(form, there.text, there.version);
  show(form);
}

// The server can be had again: what was typed meanwhile is saved and counted.
function catchUp() {
  for (const form of forms().filter((one) => read(nameOf(one))?.synced === false)) {
    keep(form);
    show(form);
  }
}

addEventListener("online", catchUp);
when("stream-opened", catchUp);
addEventListener("pagehide", () => {
  for (const form of forms()) if (stateOf(form).timer && form.elements.text.value.length <= LONGEST) put(form, form.elements.text.value, true);
});
