// How long an answer is by the network's own count, and the posts that a long one goes out as.

import { $, when } from "./dom.js";
import { say } from "./texts.js";
import { allow } from "./writing.js";

export const LONGEST = 20000; // the most that is saved, counted and sent
let measuring = 0;

// A browser seeks the direction of each paragraph anew at each letter: in a megabyte for ten seconds, in which the page hangs. What is
// too long to go anywhere keeps the direction that the box has.
export function direct(field, length) {
  if (length <= LONGEST) field.dir = "auto";
  else if (field.dir === "auto") field.dir = getComputedStyle(field).direction;
}

when("beforeinput", ({ target, data }) => target.matches?.("textarea[dir=auto]") && direct(target, target.value.length + (data?.length ?? 0)));

export function measureSoon(form) {
  clearTimeout(measuring);
  measuring = setTimeout(() => measure(form), 150);
}

const isPrivate = (form) => form.elements.private?.checked ?? false;

async function measure(form) {
  if (!form.isConnected) return; // the case was closed meanwhile
  const text = form.elements.text.value, most = Number(form.dataset.most), alone = isPrivate(form);
  if ((!text && !alone) || text.length > LONGEST) return tell(form, text.length, most, []);
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const answer = await fetch(form.dataset.lengthOf, { method: "POST", headers, body: new URLSearchParams({ text, private: alone }) }).catch(() => null);
  const told = answer?.ok && (await answer.json());
  if (!told || !form.isConnected || form.elements.text.value !== text || isPrivate(form) !== alone) return;
  tell(form, told.length, told.most, told.posts || []);
}

function tell(form, length, most, posts) {
  const shown = $("[data-length]", form), over = length > most;
  shown.textContent = over ? say("too_long", { n: length - most }) : say("length", { length, most });
  shown.classList.toggle("near", length > most * 0.9 && !over);
  shown.classList.toggle("over", over);
  allow(form, form.elements.text.value.trim() && !over);
  showPosts(form, posts);
}

// The server's own split, offered only where one post is too short.
export function showPosts(form, posts) {
  const button = $("[data-in-posts]", form), many = posts.length > 1 && !isPrivate(form);
  $("#reply-posts").hidden = !many;
  if (!button) return;
  button.hidden = button.disabled = !many;
  button.textContent = say("as_posts", { n: posts.length });
  $("#reply-posts ol").replaceChildren(...(many ? posts : []).map((post) => Object.assign(document.createElement("li"), { textContent: post, dir: "auto" })));
}
