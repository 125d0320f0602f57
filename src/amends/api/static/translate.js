// Translation: a post is shown in the reader's language in its place, the original one key away; a draft gets a second box.
// A translation belongs to the words it was made of: where its author changes them, the post shows the new ones.

import { $, $$, openCase, when } from "./dom.js";
import { toast, trouble } from "./toasts.js";
import { writeIn, wrote } from "./writing.js";

const made = new Map(), wanted = new Set();

export async function translate(button) {
  const post = button.dataset.post;
  if (wanted.delete(post)) return place(post);
  wanted.add(post);
  if (!made.has(post) && !(await ask(button, post))) return wanted.delete(post);
  return place(post);
}

async function ask(button, post) {
  const of = original(post).textContent;
  button.disabled = true;
  const answer = await fetch(`/inbox/${openCase()}/posts/${post}/translation`, { headers: { "HX-Request": "true" } }).catch(() => null);
  button.disabled = false;
  if (!answer) return toast($("#composer").dataset.local, { bad: true });
  const text = await answer.text();
  if (!answer.ok) return trouble(answer.status, text);
  made.set(post, { of, text });
  return true;
}

const original = (post) => $(`#post-${post} .original`);

function place(post) {
  const shown = $(`#translation-${post}`), button = $(`[data-do="translate"][data-post="${post}"]`);
  if (!shown || !button) return;
  if (made.get(post)?.of !== original(post).textContent) made.delete(post);
  if (!made.has(post)) wanted.delete(post);
  const on = wanted.has(post);
  if (on && !shown.firstChild) shown.innerHTML = made.get(post).text; // our own server's HTML, escaped there
  shown.hidden = !on;
  original(post).hidden = on;
  button.dataset.words ||= button.textContent;
  button.textContent = on ? button.dataset.back : button.dataset.words;
  button.setAttribute("aria-pressed", String(on));
}

// The key: the post that has the focus, else the newest that can be translated.
export function toggleTranslation() {
  const focused = document.activeElement.closest(".post"), button = (focused && $('[data-do="translate"]', focused)) || $$('#thread [data-do="translate"]').at(-1);
  if (button) translate(button);
}

export function useTranslated() {
  const field = $("#reply-text");
  writeIn(field, $("#reply-translated").value, 0, field.value.length);
  dropTranslated();
  wrote(field.form);
}

export const dropTranslated = () => $("#reply-other").replaceChildren();

when("htmx:afterSettle", () => wanted.forEach(place));
when("case-shown", () => { wanted.clear(); made.clear(); });
