// Notifications: the bell's count, the title's, what pops up on the page, and notifications of the browser in a tab nobody looks at.

import { request } from "./asking.js";
import { $, htmx, openCase, tell, when } from "./dom.js";
import { goLater } from "./toasts.js";

const SECONDS = 9, MOST_POPPED = 3;
const bell = () => $("#bell");
const looked = () => !document.hidden && document.hasFocus();
const granted = () => "Notification" in window && Notification.permission === "granted";
const others = "BroadcastChannel" in window ? new BroadcastChannel("amends-notices") : null;
const seenElsewhere = new Set();

let unread = 0, plainTitle = "";

function count(n) {
  unread = n;
  const badge = $(".bell-count", bell()), label = n ? bell().dataset.some.replace("{n}", n) : bell().dataset.none;
  badge.hidden = !n;
  badge.textContent = n > 99 ? "99+" : n;
  bell().title = label;
  bell().setAttribute("aria-label", label);
  badgeTitle();
}

// The title of the page carries the count; what another file wrote there meanwhile is the plain title.
function badgeTitle() {
  plainTitle = document.title.replace(/^\(\d+\+?\) /, "");
  const wanted = unread ? `(${unread > 99 ? "99+" : unread}) ${plainTitle}` : plainTitle;
  if (document.title !== wanted) document.title = wanted;
}

let asked = 0, heard = 0;

const headers = () => JSON.parse(document.body.getAttribute("hx-headers"));

// Of answers that overtake each other the one that was asked for last says how many are not read.
async function news(ids = []) {
  const turn = (asked += 1);
  const answer = await fetch(`/notifications/news?${ids.map((id) => `ids=${id}`).join("&")}`).catch(() => null);
  if (!answer?.ok) return [];
  const { unread: n, told } = await answer.json();
  if (turn > heard) {
    heard = turn;
    count(n);
  }
  return told;
}

async function hear({ detail }) {
  if (detail.what !== "notifications" || !bell()) return;
  const told = await news(detail.told || []);
  if ($("#notices:popover-open")) htmx.trigger("#notices", "told");
  if ($("#told") && (detail.read || detail.told)) freshen();
  if (!told.length) return;
  const here = told.filter((one) => looked() && String(one.case) === openCase());
  if (here.length) readCase();
  show(told.filter((one) => !here.includes(one)), new Set(detail.browser || []));
}

// The list of the page is fetched anew where it is still at its first stretch and nobody is in it.
const free = () => $("#told") && !$("#told").contains(document.activeElement);

function freshen() {
  if (free()) request("GET", location.pathname + location.search, { target: "#told", select: "#told", swap: "outerHTML", still: free });
}

function show(told, forBrowser) {
  if (looked()) {
    others?.postMessage(told.map((one) => one.id));
    for (const one of told.toReversed()) pop(one);
  } else if (granted()) {
    setTimeout(() => told.filter((one) => forBrowser.has(one.id) && !seenElsewhere.has(one.id)).forEach(tellBrowser), 500);
  }
}

function pop(one) {
  const box = Object.assign(document.createElement("div"), { className: "popped-one" });
  const link = Object.assign(document.createElement("a"), { href: one.address });
  link.append(Object.assign(document.createElement("b"), { textContent: one.title }));
  if (one.body) link.append(Object.assign(document.createElement("span"), { textContent: one.body.slice(0, 140), dir: "auto" }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", place.dataset.close);
  close.addEventListener("click", () => box.remove());
  box.append(link, close);
  place.prepend(box);
  while (place.children.length > MOST_POPPED) place.lastElementChild.remove();
  goLater(box, SECONDS);
}

function tellBrowser(one) {
  const shown = new Notification(one.title, { body: one.body.slice(0, 140), tag: `amends-${one.id}` });
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
    location.assign(one.address);
  });
}

others?.addEventListener("message", ({ data }) => data.forEach((id) => seenElsewhere.add(id)));

// Whoever opens a case has seen what they were told of it.
function readCase() {
  if (unread && openCase()) send(`case=${openCase()}`);
}

function send(what) {
  return fetch("/notifications/read", {
    method: "POST", keepalive: true, body: new URLSearchParams(`${what}&quietly=yes`), headers: headers(),
  }).catch(() => {});
}

// Browsers keep few connections to one server, so a hidden tab lets its own go; one of them stays, where the browser may notify.
let keeps = false;
export const keepsListening = () => keeps && granted();

function stayForAll() {
  if (!granted() || !navigator.locks) return;
  navigator.locks.request("amends-notices", () => {
    keeps = true;
    tell("keeps-listening");
    return new Promise(() => {});
  });
}

// Asked for on a click in the settings, and never by itself.
function showState() {
  const button = $("#ask-browser");
  if (!button) return;
  const state = "Notification" in window ? Notification.permission : "unsupported";
  button.hidden = state !== "default";
  $("#browser-state").textContent = button.dataset[state] || "";
}

async function ask() {
  await Notification.requestPermission();
  showState();
  stayForAll();
}

const place = $("#popped");

if (bell()) {
  when("notice", hear);
  when("stream-opened", () => news());
  when("visibilitychange", () => document.hidden || news());
  when("case-shown", readCase);
  for (const shown of ["case-shown", "list-shown", "page-changed"]) when(shown, () => setTimeout(badgeTitle));
  when("click", (event) => {
    if (event.target.closest("#ask-browser")) ask();
    const link = event.target.closest("[data-read]");
    if (link) send(`one=${link.dataset.read}`);
  });
  showState();
  stayForAll();
  news().then(readCase);
}
