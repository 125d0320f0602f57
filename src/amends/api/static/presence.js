// Who else is at which case: told by the stream, shown in the list and in the head of the open case; and our own signs of life.

import { announce } from "./announcing.js";
import { $, $$, me, openCase, tell, when } from "./dom.js";

const present = new Map();

// Whose pen rests has written something, which is shown to who looks on; while it moves each letter would be news.
export function hearPresence({ whole, cases }) {
  const before = writers();
  if (whole) present.clear();
  for (const [id, people] of Object.entries(cases)) {
    const others = people.filter((one) => String(one.id) !== me());
    if (others.length) present.set(id, others);
    else present.delete(id);
  }
  show();
  if (before.some((id) => !writers().includes(id))) tell("case-stale");
  const writer = present.get(openCase())?.find((one) => one.doing !== "viewing");
  if (writer && writer.text !== said) announce(writer.text);
  said = writer?.text || "";
}

let said = "";
const writers = () => (present.get(openCase()) || []).filter(({ doing }) => doing !== "viewing").map(({ id }) => id);

function show() {
  for (const badge of $$("#rows .here")) if (!present.has(badge.closest(".row").dataset.id)) badge.remove();
  for (const [id, people] of present) {
    const name = $(`#row-${id} .name`);
    if (name) mark(name, people);
  }
  const here = present.get(openCase()) || [], title = $("#case-title");
  if (!here.length) $("#case-head .here")?.remove();
  else if (title) mark(title.parentElement, here, title);
  showAboveComposer(here);
}

// The badge has no text of its own, so that a row still says the same; it stands where no line grows by it.
function mark(place, people, behind = place.lastElementChild) {
  let badge = $(".here", place);
  if (!badge) behind.after((badge = Object.assign(document.createElement("span"), { className: "here", role: "img" })));
  const text = people.map((one) => one.text).join(", ");
  if (badge.title === text) return;
  badge.title = text;
  badge.setAttribute("aria-label", text);
  badge.dataset.who = people.map((one) => initials(one.name)).slice(0, 2).join(" ");
  badge.classList.toggle("writes", people.some((one) => one.doing !== "viewing"));
}

const initials = (name) => name.split(/\s+/).map((word) => [...word][0] || "").slice(0, 2).join("").toUpperCase();

function showAboveComposer(people) {
  const composer = $("#composer");
  if (!composer) return;
  const line = $(".here-line", composer) || composer.appendChild(Object.assign(document.createElement("p"), { className: "here-line" }));
  const text = people.map((one) => one.text).join(" · ");
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("writes", people.some((one) => one.doing !== "viewing"));
}

when("page-changed", show);
when("list-shown", show);
when("case-shown", show);

// Our own signs of life: as seldom as still tells the truth, and a word when we leave.

const AGAIN = 8000, CALM = 5000, SETTLED = 500;

let at = "", doing = "", told = 0, typed = { box: "", at: 0 };

function beat() {
  const here = openCase(), now = Date.now();
  if (here !== at) {
    if (at) send(at, "gone");
    [at, doing, told, typed] = [here, "", 0, { box: "", at: 0 }];
  }
  if (!at || document.hidden) return;
  const wish = now - typed.at < CALM ? typed.box : "viewing";
  if (now - told < (wish === doing ? AGAIN : wish === "viewing" && doing ? CALM : 0)) return;
  [doing, told] = [wish, now];
  send(at, wish);
}

const body = (what) => new URLSearchParams({ doing: what, csrf_token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"] });

function send(id, what) {
  navigator.sendBeacon(`/inbox/${id}/presence`, body(what));
}

// Who runs through the cases is at none of them, and the next one is not kept waiting by what would be told.
let settling = 0;

function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => {
    settling = 0;
    beat();
  }, SETTLED);
}

export function beHere() {
  setInterval(() => settling || beat(), 1000);
  when("case-shown", settle);
  when("input", (event) => {
    const form = event.target.closest("#composer form");
    if (!form) return;
    typed = { box: form.dataset.box, at: Date.now() };
    beat();
  });
  window.addEventListener("pagehide", () => at && send(at, "gone"));
}
