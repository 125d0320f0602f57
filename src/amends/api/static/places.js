// Going places: a view swaps the list, a row swaps the case; the address always says what is on screen.

import { request } from "./asking.js";
import { $, $$, openCase, tell, when } from "./dom.js";

export const query = () => $("#list")?.dataset.query ?? "";

// What was asked for last: of what waits for its turn, only that is fetched.
let wantedCase = "", wantedList = null;

// The case that was asked for and is not on screen yet, and whether it gets the focus. Asked for once more it is the same one.
let coming = null;

export const isCaseComing = () => coming !== null;

// Settles when no case is on its way any more, with whether the one on screen is the one that was wanted.
export function caseIsHere() {
  return new Promise((settled) => {
    const look = () => (coming ? setTimeout(look, 20) : settled(openCase() === wantedCase));
    look();
  });
}

export function showCase(id, { push = true, focus = true } = {}) {
  if (!$("#case")) return location.assign(`/inbox/${id}`);
  markOpen(id);
  if (coming?.id === String(id)) {
    coming.focus ||= focus;
    return;
  }
  const mine = (coming = { id: String(id), focus }), still = () => coming === mine, address = `/inbox/${id}${query()}`;
  wantedCase = mine.id;
  request("GET", `/inbox/${id}`, { target: "#case", swap: "outerHTML", still }).then(() => {
    if (openCase() !== mine.id) return;
    markRead($(`#row-${id}`));
    tell("case-shown");
    if (mine.focus) $("#case-title").focus({ preventScroll: true });
  }).finally(() => still() && (coming = null));
  if (push) setTimeout(() => wantedCase === mine.id && history.pushState({}, "", address)); // while the server is at work: it takes a while
}

export function showList(address, { push = true, keepCase = false, typed = false } = {}) {
  if (!$("#list")) return location.assign(address);
  const mine = (wantedList = { keepCase, typed });
  const still = (answer = "") => wantedList === mine && !(keepCase && typing) && !(typed && isAtTheBox() && answer.includes('id="query-trouble"'));
  const shown = request("GET", address, { target: "#list", swap: "outerHTML", still }).finally(() => still() && (wantedList = null));
  return shown.then(() => {
    if (keepCase) goOn();
    else forgetCase();
    if (push) history.pushState({}, "", `/inbox${keepCase && openCase() ? `/${openCase()}` : ""}${query()}`);
    for (const link of $$("#views a")) link.removeAttribute("aria-current");
    $(`#views a[data-view="${$("#list").dataset.view}"]`)?.setAttribute("aria-current", "page");
    markOpen(openCase());
    tell("list-shown");
  });
}

// Whether another list is on its way; what would only draw this one anew leaves it alone.
export const isListComing = () => wantedList !== null;

// What one was at in a list stays so in the one that takes its place: the fold, and the field or row with the focus. Of the box htmx keeps
// the caret too.
let left = {};
const placeOf = (it) => (it.closest(".row") ? `#${it.closest(".row").id} a` : it.name && `[data-filters] [name="${it.name}"]`);

when("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id !== "list") return;
  left = { unfolded: $(".filters", target).open, place: target.contains(document.activeElement) && placeOf(document.activeElement) };
});

function goOn() {
  $(".filters").open = left.unfolded;
  if (left.place && document.activeElement === document.body) $(left.place)?.focus({ preventScroll: true });
}

export function closeCase() {
  const id = openCase();
  forgetCase();
  history.pushState({}, "", `/inbox${query()}`);
  $(`#row-${id} a`)?.focus();
}

function forgetCase() {
  wantedCase = "";
  coming = null;
  if (!openCase()) return;
  $("#case").replaceWith($("#no-case").content.cloneNode(true));
  markOpen("");
}

export function markRead(row) {
  row?.classList.remove("unread");
  row?.querySelector(".dot")?.remove();
}

export function markOpen(id, block = "nearest") {
  const link = id && $(`#row-${id} a`);
  if (link?.ariaCurrent) return;
  for (const other of $$(".row a[aria-current]")) other.removeAttribute("aria-current");
  if (!link) return;
  link.setAttribute("aria-current", "true");
  link.closest(".row").scrollIntoView({ block });
}

function follow(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.dataset.case) {
    event.preventDefault();
    showCase(link.dataset.case);
  } else if (link && $("#list") && (link.dataset.view || "go" in link.dataset)) {
    event.preventDefault();
    if ($("#rail").matches(":popover-open")) $("#rail").hidePopover();
    showList(link.getAttribute("href"));
  }
}

// A jump to a place on the same page is the browser's own: to load anew would lose it.
function goBack() {
  if (location.hash) return;
  const id = location.pathname.match(/^\/inbox\/(\d+)$/)?.[1];
  if (!$("#list") || (location.search || "?view=open") !== query()) return location.reload();
  return id ? showCase(id, { push: false }) : forgetCase();
}

// Filters: the list follows as one types; the case beside it stays, and so does the cursor. While one types no answer takes the box away,
// and a word that is not whole yet leaves the list as it was: what is wrong with it is told on Enter, or when the box is left.

let typing = 0;

function filterSoon(event) {
  const form = event.target.closest("[data-filters]");
  if (!form) return;
  const field = event.target;
  stopTyping();
  typing = setTimeout(() => filter(form, field), field.id === "search" ? 250 : 0);
}

const isAtTheBox = () => document.activeElement === $("#search");

// A click that leaves the box is done before the list under it changes.
function leaveBox({ target }) {
  if (target.id === "search") setTimeout(() => wantedList?.typed && !isAtTheBox() && filter(target.form), 200);
}

function stopTyping() {
  clearTimeout(typing);
  typing = 0;
}

// The text is the one truth: a list of choice is sent only when it was changed, and edits the text. Another place brings a box of its own.
function filter(form, field) {
  stopTyping();
  if (!form.isConnected || wantedList?.keepCase === false) return;
  const chosen = { q: form.elements.q.value, sort: form.elements.sort.value };
  if (field && !(field.name in chosen)) chosen[field.name] = field.value;
  showList(`/inbox?${new URLSearchParams(chosen)}`, { keepCase: true, typed: field?.id === "search" });
}

when("click", follow);
when("input", filterSoon);
when("focusout", leaveBox);
when("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  event.preventDefault();
  filter(event.target);
});
window.addEventListener("popstate", goBack);
