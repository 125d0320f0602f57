// What was asked keeps its place until the answer is here, also where the button was drawn anew meanwhile or another case was opened.

import { openCase, when } from "./dom.js";

// htmx looks for the places of an answer in the tree that the asking element stands in. An element that a swap takes out of the page
// while its request is under way therefore waits in a corner of the page, or its answer (and its toast) would be lost.
const asking = new Set();
const corner = Object.assign(document.createElement("div"), { hidden: true });
document.body.append(corner);

function keep(element) {
  if (element.isConnected) return;
  element.removeAttribute("id");
  element.replaceChildren();
  corner.append(element);
}

when("htmx:beforeRequest", (event) => asking.add(event.detail.elt));
when("htmx:beforeCleanupElement", (event) => asking.has(event.target) && queueMicrotask(() => keep(event.target)));
when("htmx:afterRequest", (event) => {
  asking.delete(event.detail.elt);
  if (corner.contains(event.detail.elt)) event.detail.elt.remove();
});

// An answer about a case that is no longer open changes nothing on the screen.
when("htmx:beforeSwap", (event) => {
  const about = /^\/inbox\/(\d+)\//.exec(event.detail.pathInfo.requestPath)?.[1];
  if (about && about !== openCase()) event.detail.shouldSwap = false;
});
