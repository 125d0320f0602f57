// Labels: a key says what the post in focus is, or the customer's newest one; so does a choice that opens at the label.

import { announce } from "./announcing.js";
import { deed } from "./asking.js";
import { $, $$, openCase, when } from "./dom.js";
import { say as text } from "./texts.js";

function post() {
  return document.activeElement.closest(".post.theirs") || $$("#thread .post.theirs").pop();
}

const already = (label, name) => "by" in label.dataset && label.dataset.chosen === name;

// The label keeps the focus while the thread is drawn anew, so that the next key means the same post.
function correct(label, name) {
  const post = label.closest(".post");
  if (post.contains(document.activeElement)) $("summary", label).focus();
  deed(`/inbox/${openCase()}/posts/${post.id.replace("post-", "")}/label`, { field: label.dataset.field, new: name });
}

// Of a label that has more choices than there are keys, the key opens them.
function ask(label) {
  label.open = true;
  fill(label);
  $("select", label).focus();
}

export function say(label) {
  const [field, name] = label.split(":"), meant = post(), found = meant && $(`[data-field=${field}]`, meant);
  if (!found) return;
  if (!name) ask(found);
  else if (already(found, name)) announce(text("said_already"));
  else correct(found, name);
}

// What may be chosen stands on the page once, and comes into a label as it opens.
function fill(label) {
  if ($(".choices", label)) return;
  const { field, chosen, why } = label.dataset;
  label.append($(`#choose-${field}`).content.cloneNode(true));
  $(".why", label).textContent = why;
  for (const button of $$("button[value]", label)) {
    button.setAttribute("aria-pressed", button.value === chosen);
    button.disabled = already(label, button.value);
  }
  if ($(`option[value="${CSS.escape(chosen)}"]`, label)) $("select", label).value = chosen;
}

// What opens at the end of the thread opens in view, not under the box where one writes.
when("click", ({ target }) => {
  const opens = target.closest(".relabel > summary")?.parentElement;
  if (opens) setTimeout(() => opens.open && opens.scrollIntoView({ block: "nearest" }));
});

when("click", ({ target }) => {
  const label = target.closest("[data-field]"), button = target.closest(".choices button");
  if (!label) return;
  if (target.closest("summary")) fill(label);
  else if (button) correct(label, button.value || $("select", label).value);
});
