// Waiting: what takes longer than a blink is shown as the shape of what comes, never as a wheel. What is there stays until then.

import { $, $$, when } from "./dom.js";

const BLINK = 150;
const BY_HAND = new Set(["click", "submit", "change", "input"]); // who asked for something else sees what is there grow pale meanwhile
const SHAPES = { list: ["#scroll", "#waiting-list"], case: ["#case", "#waiting-case"] };
let timer = 0;

when("htmx:beforeRequest", ({ detail }) => {
  const [place, shape] = SHAPES[detail.target.id] || [];
  const { verb, path, triggeringEvent } = detail.requestConfig;
  if (!place && verb === "get" && BY_HAND.has(triggeringEvent?.type)) paleSoon(detail.target);
  if (!place || verb !== "get" || path.endsWith("/live") || path === `/inbox${$("#list")?.dataset.query}`) return; // what is only drawn anew stays
  clearTimeout(timer);
  timer = setTimeout(() => lay($(place), $(shape)), BLINK);
});
when("htmx:beforeSwap", () => clearTimeout(timer));
when("htmx:afterRequest", ({ detail: { target } }) => SHAPES[target.id] || target.removeAttribute("aria-busy"));
when("htmx:sendError", clear);
when("htmx:responseError", clear);

function paleSoon(target) {
  clearTimeout(timer);
  timer = setTimeout(() => target.setAttribute("aria-busy", "true"), BLINK);
}

function lay(place, shape) {
  if (!place || !shape) return;
  place.setAttribute("aria-busy", "true");
  place.append(shape.content.cloneNode(true));
}

function clear() {
  clearTimeout(timer);
  for (const shape of $$(".waiting-shape")) shape.remove();
  for (const place of $$("[aria-busy]")) place.removeAttribute("aria-busy");
}
