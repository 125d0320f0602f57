// Labels: a key says what the post in focus is, or the customer's newest one; the button it presses is the one for the mouse.

import { announce } from "./announcing.js";
import { $, $$, when } from "./dom.js";
import { say as text } from "./texts.js";

function post() {
  return document.activeElement.closest(".post.theirs") || $$("#thread .post.theirs").pop();
}

export function say(label) {
  const meant = post(), button = meant && $(`[data-label="${label}"]`, meant);
  if (button?.disabled) announce(text("said_already"));
  else button?.click();
}

// The label keeps the focus while the thread is drawn anew, so that the next key means the same post.
when("click", (event) => {
  const button = event.target.closest("[data-label]");
  if (button?.closest(".post").contains(document.activeElement)) $("summary", button.closest(".relabel")).focus();
});
