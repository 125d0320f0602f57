// What was asked keeps its place until the answer is here, also where the button was drawn anew meanwhile or another case was opened.

import { htmx, openCase, when } from "./dom.js";
import { afterPress } from "./pressing.js";

// htmx looks for the places of an answer in the tree that the asking element stands in. An element that left the page while its request
// was under way, by whatever hand, therefore stands in a corner of the page while it is answered, or the answer (and its toast) were lost.
const corner = Object.assign(document.createElement("div"), { hidden: true });
document.body.append(corner);

function keep(element) {
  if (element.isConnected) return;
  element.removeAttribute("id");
  element.replaceChildren();
  corner.append(element);
}

when("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
  for (const end of ["onload", "onerror", "onabort", "ontimeout"]) {
    const tell = xhr[end], told = () => {
      keep(elt);
      tell();
      if (elt.parentElement === corner) elt.remove();
    };
    xhr[end] = end === "onload" ? () => afterPress(told) : told;
  }
});

// An answer about a case that is no longer open changes nothing on the screen.
when("htmx:beforeSwap", (event) => {
  const about = /^\/inbox\/(\d+)\//.exec(event.detail.pathInfo.requestPath)?.[1];
  if (about && about !== openCase()) event.detail.shouldSwap = false;
});

// What keys and news ask for goes in lanes: one thing after the other in each, and no lane waits for another. Left to itself htmx asks
// all of it in the name of the body, where what waits is forgotten as soon as more comes, and is called done before it was sent.
const lanes = new Map();

function laneOf(name) {
  if (!lanes.has(name)) {
    const source = Object.assign(document.createElement("span"), { hidden: true });
    document.body.append(source);
    lanes.set(name, { source, before: Promise.resolve(), still: () => true });
  }
  return lanes.get(name);
}

const laneOfSource = (source) => [...lanes.values()].find((one) => one.source === source);

// Settles when the answer is on the page. `still` is looked at when its turn comes, and again, with the answer, when that is here: what is
// no longer wanted then is never asked, and never shown.
export function request(verb, path, { lane, still = () => true, ...context }) {
  const it = laneOf(lane || context.target);
  const ask = async () => {
    const where = typeof path === "function" ? await path() : path;
    if (!where) return false;
    Object.assign(it, { still, shown: true });
    await htmx.ajax(verb, where, { ...context, source: it.source });
    return it.shown;
  };
  return new Promise((answered, failed) => {
    it.before = it.before.then(() => still() && ask()).then((shown) => shown && answered()).catch(failed);
  });
}

// What could not be asked htmx told by an event, of which toasts.js says a word; it then rejects without a reason, and nobody else need hear.
addEventListener("unhandledrejection", (event) => event.reason === undefined && event.preventDefault());

when("htmx:beforeSwap", ({ detail }) => {
  const it = laneOfSource(detail.requestConfig.elt);
  if (!it || it.still(detail.serverResponse)) return;
  it.shown = false;
  detail.shouldSwap = false;
});

// Settles when all that was done by buttons and forms so far is answered.
const underWay = new Set();
export const answered = () => Promise.all(underWay);

when("htmx:beforeRequest", ({ detail: { xhr, requestConfig } }) => {
  if (requestConfig.verb === "get") return;
  const answer = new Promise((over) => xhr.addEventListener("loadend", over));
  underWay.add(answer);
  answer.then(() => underWay.delete(answer));
});

// Does something on the server: all that is done so is done, in the order of the keys. A path may be a function, called in its turn.
export const deed = (path, values = {}) => request("POST", path, { lane: "deeds", values, swap: "none" });
