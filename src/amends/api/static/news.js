// The stream of news: counters move, rows change where they are, what is new waits behind a button, the open case grows.

import { announceAtTimes } from "./announcing.js";
import { request } from "./asking.js";
import { $, $$, me, openCase, tell, when } from "./dom.js";
import { isCaseComing, isListComing, markOpen, markRead, query, showList } from "./places.js";
import { afterPress } from "./pressing.js";
import { say } from "./texts.js";
import { signIn } from "./signing_in.js";
import { keepsListening } from "./notices.js";
import { beHere, hearPresence } from "./presence.js";
import { steadily } from "./steady.js";

const fresh = new Set();

function hear(news) {
  count(news.counts);
  steadily(() => changeRows(news));
  if (openCase() in news.events && String(news.events[openCase()]) !== $("#case-head")?.dataset.event) {
    refreshCase();
    announceAtTimes("case", () => say("new_in_case"));
  }
  tell("page-changed");
}

function changeRows(news) {
  for (const [id, html] of Object.entries(news.rows)) {
    const row = Object.assign(document.createElement("template"), { innerHTML: html.trim() }).content.firstElementChild;
    const shown = $(`#row-${id}`);
    if (shown) changeRow(shown, row);
    else if (belongs(row)) fresh.add(id);
    else ask(id);
  }
  for (const id of news.gone) if ($(`#row-${id}`)) markLeft($(`#row-${id}`));
  showFreshCount();
}

function count(counts) {
  for (const place of $$("[data-count]")) {
    const value = String(counts[place.dataset.count] || (place.closest(".rail") ? "" : 0));
    if (place.textContent !== value) place.textContent = value;
  }
}

// What a row says, without the times that tick.
const said = (row) => JSON.stringify([{ ...row.dataset }, row.className.replace(/ (changed|left)/g, ""), $(".words", row).textContent, $$(".marks > :not(.left-word)", row).map(untimed)]);
const untimed = (mark) => ($("time", mark) ? mark.className : mark.textContent);

// That it was read by somebody alone, mostly by whoever sits here, draws no row anew.
function changeRow(shown, row) {
  if (!row.classList.contains("unread")) markRead(shown);
  if (said(shown) === said(row)) return;
  const focused = shown.contains(document.activeElement);
  row.classList.add("changed");
  shown.replaceWith(row);
  const stays = fits(row);
  if (stays === undefined) ask(row.dataset.id);
  else if (!stays) markLeft(row);
  if (row.dataset.id === openCase()) $("a", row).setAttribute("aria-current", "true");
  if (focused) $("a", row).focus({ preventScroll: true });
}

// A row that is no longer of this view stays where it is, told as such, until the list is shown anew.
function markLeft(row) {
  if (row.classList.contains("left")) return;
  row.classList.add("left");
  const chip = Object.assign(document.createElement("span"), { className: "chip line left-word", textContent: say("left_view") });
  $(".marks", row).prepend(chip);
}

// Whether a row would be among those that the list shows now, undefined where only the server can say.
const VIEWS = {
  open: (row) => row.status === "open",
  mine: (row) => ["open", "waiting"].includes(row.status) && row.assignee === me(),
  unassigned: (row) => row.status === "open" && !row.assignee,
  needs_look: (row) => row.status === "open" && row.look,
  waiting: (row) => row.status === "waiting",
  resolved: (row) => row.status === "resolved",
  all: () => true,
};

function fits(row) {
  const { plain, view } = $("#list")?.dataset ?? {};
  return plain && VIEWS[view] ? Boolean(VIEWS[view](row.dataset)) : undefined;
}

function belongs(row) {
  const list = $("#list")?.dataset, it = row.dataset, last = $$("#rows .row").at(-1)?.dataset;
  if (!list || !fits(row)) return false;
  if (!last || !list.more) return true;
  if (["longest", "deadline"].includes(list.sort)) return Number(it[list.sort] || Infinity) <= Number(last[list.sort] || Infinity);
  return Number(it[list.sort]) >= Number(last[list.sort]);
}

// Whether a row belongs into a list of any query only the server can say; it is asked of some rows at once.
const unsure = new Set();
let asking = 0;

function ask(id) {
  const list = $("#list")?.dataset;
  if (!list || (list.plain && VIEWS[list.view])) return;
  unsure.add(String(id));
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const address = query(), asked = [...unsure].slice(0, 200);
    unsure.clear();
    const answer = await fetch(`/inbox/fitting${address}${asked.map((one) => `&ids=${one}`).join("")}`).catch(() => null);
    if (!answer?.ok || address !== query()) return;
    const fitting = new Set((await answer.json()).map(String));
    steadily(() => {
      for (const one of asked) {
        const shown = $(`#row-${one}`);
        if (fitting.has(one) && !shown) fresh.add(one);
        else if (shown && !fitting.has(one)) markLeft(shown);
      }
      showFreshCount();
    });
  }, 400);
}

function showFreshCount() {
  const button = $("#fresh");
  if (!button) return;
  button.hidden = !fresh.size;
  button.textContent = fresh.has("more") ? say("more_rows") : say("new_rows", counted());
  if (fresh.size) announceAtTimes("rows", () => fresh.size && (fresh.has("more") ? say("more_rows") : say("new_rows_said", counted())));
}

const counted = () => ({ n: fresh.size, shown: fresh.size > 99 ? "99+" : fresh.size });

export function showFresh() {
  if (!$("#list") || isListComing()) return;
  $("#scroll").scrollTop = 0;
  showList(`/inbox${query()}`, { push: false, keepCase: true });
}

// What cannot be told row by row is fetched anew, unless the agent is further down the list: then it waits behind the button.
function lookAgain() {
  if ($("#scroll")?.scrollTop > 0) {
    fresh.add("more");
    showFreshCount();
  } else showFresh();
  refreshCase();
}

let refreshing = 0;

function refreshCase() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    const id = openCase();
    // In a lane of its own, so that no other case waits for it. Its target is the body, which stays: whether an answer is still wanted is
    // heard of on its target, and the case may be closed by then.
    if (id) request("GET", `/inbox/${id}/live`, { lane: "live", swap: "none", target: "body", still: () => openCase() === id });
  }, 60);
}

// When pieces of the case are replaced: what was unfolded stays so, the end stays in view, the focus is not lost. Another case begins anew,
// and nothing is measured for it: each look at where things lie makes the browser lay out everything at once.

let unfolded = [], atEnd = false, focused = "";

when("htmx:beforeSwap", ({ detail: { pathInfo, shouldSwap, target } }) => {
  unfolded = [], atEnd = false, focused = "";
  const asked = /^\/inbox\/(\d+)$/.exec(pathInfo.requestPath)?.[1];
  if (asked && asked !== openCase()) return shouldSwap && target.id === "case" && letGo(target);
  const scroll = $("#thread-scroll"), active = document.activeElement;
  focused = active.closest("#case-head, #thread, #customer") ? active.id || "case-title" : "";
  unfolded = $$(":is(#thread, #case-head) details[open]").map((part) => part.id);
  atEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
});

// The focus is taken out of a pane that goes: taken away with it, or carried over by htmx, it makes the browser draw up both panes at once.
// It goes empty: htmx takes leave of each element by itself, and compares each with its namesake to come.
function letGo(pane) {
  if (pane.contains(document.activeElement)) document.activeElement.blur();
  pane.replaceChildren();
}

when("htmx:afterSettle", () => {
  if (focused && document.activeElement === document.body) (document.getElementById(focused) || $("#case-title"))?.focus({ preventScroll: true });
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (atEnd && $("#thread-scroll")) $("#thread-scroll").scrollTop = $("#thread-scroll").scrollHeight;
  dropDoubles();
  catchUp();
  if (!isCaseComing()) markOpen(openCase());
  tell("page-changed");
});

// Answers overtake each other: where an older picture of the case came after a newer one, the case is asked for once more.
let drawn = { id: "", event: 0 };

function catchUp() {
  const id = openCase(), event = Number($("#case-head")?.dataset.event), older = id === drawn.id && event < drawn.event;
  drawn = { id, event };
  if (older) refreshCase();
}

// Older rows that are fetched while a row moves may bring it a second time.
function dropDoubles() {
  const rows = new Set();
  for (const row of $$("#rows .row")) rows.has(row.id) ? row.remove() : rows.add(row.id);
}

when("list-shown", () => {
  fresh.clear();
  showFreshCount();
});
when("case-stale", refreshCase);

// The connection.

let source, resting = 0, last = Number(document.body.dataset.news || 0);

export function listen() {
  source?.close();
  if (document.hidden && !keepsListening()) return;
  source = new EventSource(`/stream?after=${last}`);
  source.addEventListener("open", () => { document.body.dataset.live = "yes"; $(".connection")?.remove(); tell("stream-opened"); });
  source.addEventListener("news", (event) => { last = Number(event.lastEventId); afterPress(() => hear(JSON.parse(event.data))); tell("news-came"); });
  source.addEventListener("again", (event) => { last = Number(event.lastEventId); lookAgain(); tell("news-came"); tell("alarms-changed"); });
  source.addEventListener("alarms", () => tell("alarms-changed"));
  source.addEventListener("presence", (event) => hearPresence(JSON.parse(event.data)));
  source.addEventListener("notice", (event) => document.dispatchEvent(new CustomEvent("notice", { detail: JSON.parse(event.data) })));
  source.addEventListener("error", () => {
    document.body.dataset.live = "no";
    if (source.readyState === EventSource.CLOSED) setTimeout(knock, 3000);
    setTimeout(sayConnection, 4000);
  });
}

// The stream was refused rather than cut: either we are signed out, or the server is not well yet.
function knock() {
  if (document.hidden) return;
  fetch(location.href, { headers: { "HX-Request": "true" } }).then((answer) => (answer.status === 401 ? signIn() : listen()), listen);
}

function sayConnection() {
  if (document.body.dataset.live === "yes" || $(".connection") || document.hidden) return;
  const bar = Object.assign(document.createElement("p"), { className: "connection", role: "status" });
  bar.textContent = say("not_connected");
  document.body.append(bar);
}

// A hidden tab lets its connection go, and makes none where it was opened beside, since a browser keeps only six to one server; it catches up
// when it is looked at.
const isSilent = () => "news" in document.body.dataset && (source?.readyState ?? EventSource.CLOSED) === EventSource.CLOSED;
when("visibilitychange", () => {
  clearTimeout(resting);
  if (document.hidden) resting = setTimeout(() => keepsListening() || source?.close(), 30000);
  else if (isSilent()) listen();
});
when("keeps-listening", () => isSilent() && listen());

beHere();

// What asks again by itself and is patient waits while somebody reads what they unfolded in it, also when the answer is here.
const isRead = ({ triggeringEvent, elt }) => !triggeringEvent && elt.matches("[data-patient]") && $("details[open]", elt);
when("htmx:beforeRequest", (event) => isRead(event.detail.requestConfig) && event.preventDefault());
when("htmx:beforeSwap", ({ detail }) => isRead(detail.requestConfig) && (detail.shouldSwap = false));

// The sources' health moves by itself too, unless somebody is filling in a form there.
const freeSources = () => $("#shown[data-health]") && !$("#shown details[open]");
setInterval(() => {
  if (freeSources() && !document.hidden) request("GET", "/sources", { target: "#shown", select: "#shown", swap: "outerHTML", still: freeSources });
}, 15000);
