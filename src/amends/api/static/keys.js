// Keys, and the buttons that do the same. Which key does what is the server's table (api/keys_table.py); here is only how.

import { command } from "./command.js";
import { $, $$, htmx, openCase, when } from "./dom.js";
import { jump } from "./jumps.js";
import { showFresh } from "./news.js";
import { say } from "./labels.js";
import { switchDensity, switchKeys, switchTheme } from "./looks.js";
import { closeCase, isCaseComing, showCase, showList } from "./places.js";
import { takeBack } from "./toasts.js";
import { movePrivate, send, tellInstead, useWords, write, writePrivate } from "./writing.js";
import { discard, keepMine, takeOver, useOther } from "./drafts.js";
import { pickMacro } from "./macros.js";
import { dropTranslated, toggleTranslation, translate, useTranslated } from "./translate.js";
import { assign, pickSomebody } from "./assigning.js";
import { pickTopic } from "./topics.js";
import { later, pickTime } from "./snooze.js";
import { markRow, toggleAll, unmark } from "./bulk.js";
import { inTurn, isTyped } from "./turns.js";

const BUTTONS = {
  "theme": switchTheme,
  "density": switchDensity,
  "plain-keys": switchKeys,
  "command": command,
  "help": () => $("#help").showModal(),
  "close-case": closeCase,
  "show-fresh": showFresh,
  "go-back": () => history.back(),
  "tab-reply": () => write("reply"),
  "tab-note": () => write("note"),
  "use-words": useWords,
  "write-private": writePrivate,
  "move-private": movePrivate,
  "answered-there": tellInstead,
  "take-over": takeOver,
  "use-other": useOther,
  "keep-mine": keepMine,
  "discard": discard,
  "macro": pickMacro,
  "translate": translate,
  "use-translated": useTranslated,
  "drop-translated": dropTranslated,
  "close-preview": () => $("#reply-preview").replaceChildren(),
  "topics": pickTopic,
  "assign": pickSomebody,
  "snooze": pickTime,
  "customer": showCustomer,
};

function showCustomer() {
  const shown = $("#case").classList.toggle("with-customer");
  ($(shown ? "#customer [data-do=customer]" : "#case-head [data-do=customer]") || $("#case-title")).focus();
}

function step(by) {
  const links = $$(".row a");
  if (!links.length) return;
  const focused = links.indexOf(document.activeElement), open = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.min(links.length - 1, Math.max(0, (focused >= 0 ? focused : open) + by))];
  next.focus({ preventScroll: true });
  next.closest(".row").scrollIntoView({ block: "nearest" });
  if (openCase() || isCaseComing()) showCase(next.dataset.case, { focus: false });
}

// What is typed narrows what the box asks already; where a screen has no box of its own, the search of everything has.
function searchOn() {
  const field = $("#search, #search-words, main input[type=search]");
  if (!field) return location.assign("/search");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function press(selector) {
  const button = $(selector);
  if (button && !button.disabled) button.click();
}

const sendBox = (andResolve) => {
  const form = $("#composer .panel:not([hidden]) form");
  if (form) send(form, andResolve);
};
const CALLS = {
  "next": () => step(1),
  "previous": () => step(-1),
  "open": () => ($(".row a:focus") || $(".row a"))?.click(),
  "search": searchOn,
  "reply": () => write("reply"),
  "note": () => write("note"),
  "send": () => sendBox(false),
  "send-resolve": () => sendBox(true),
  "take": assign,
  "give": () => openCase() && pickSomebody(),
  "snooze": pickTime,
  "later": later,
  "macro": pickMacro,
  "translate": toggleTranslation,
  "mark": () => markRow(0),
  "mark-next": () => markRow(1),
  "mark-previous": () => markRow(-1),
  "mark-all": toggleAll,
  "older": () => jump(-1),
  "newer": () => jump(1),
  "customer": () => $("#case-head [data-do=customer]")?.click(),
  "label": say,
  "command": command,
  "undo": takeBack,
  "help": () => $("#help")?.showModal(),
  "leave": () => leave(document.activeElement.closest("input, textarea, select")),
};
const TABLE = JSON.parse($("#command")?.dataset.keys || "[]");
const PLAIN = TABLE.filter(({ own }) => !own);

// What keys mean on this screen: some screens have meanings of their own.
function meant(keys) {
  const all = PLAIN.filter((thing) => thing.keys.includes(keys));
  return all.find(({ on }) => on && $(on)) || all.find(({ on }) => !on);
}

// Does one thing of the table, for a key or for the command bar.
export function run({ does }) {
  const [, how, what] = /^(\w+):(.*)$/.exec(does);
  if (how === "press") return press(what);
  if (how === "go") return what.startsWith("/inbox") ? showList(what) : location.assign(what);
  const [name, ...words] = what.split(" ");
  return CALLS[name](...words);
}

// What a key says: on keyboards of other scripts the sign in the same place of a Latin one, and of a letter never what Caps Lock makes of it.
const PLACES = { BracketLeft: "[", BracketRight: "]", Period: ".", Slash: "/" }, WITH_SHIFT = { "/": "?", 2: "@" };

function letter(event) {
  const { key, code, shiftKey } = event;
  if (key.length > 1) return key;
  const latin = /^[\x20-\x7e]$/.test(key), sign = latin ? key : PLACES[code] ?? code.replace(/^(Key|Digit)/, "");
  if (latin && !event.getModifierState("CapsLock")) return key;
  if (/^[a-z]$/i.test(sign)) return shiftKey ? sign.toUpperCase() : sign.toLowerCase();
  return (!latin && shiftKey && WITH_SHIFT[sign]) || sign;
}

let led = "", ledAt = 0;

function pressed(event) {
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && letter(event).toLowerCase() === "k") {
    event.preventDefault();
    return command();
  }
  if ($("dialog[open]") || event.isComposing) return;
  if (event.key === "Escape" && $(":popover-open")) {
    event.preventDefault();
    $$(":popover-open").at(-1).hidePopover(); // which gives the focus back to its button
  } else if (event.key === "Escape") {
    if (field) event.preventDefault(); // a browser would empty a box of search, whose list stays
    leave(field);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form?.dataset.box) {
    event.preventDefault();
    send(field.form, event.shiftKey);
  } else if (event.target.role === "tab") switchTab(event);
  else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey) plain(event);
}

function plain(event) {
  if (document.body.dataset.plainKeys === "off") return;
  if (isTyped(event)) return event.preventDefault();
  const key = letter(event), leader = Date.now() - ledAt < 1500 ? led : "";
  led = PLAIN.some((thing) => thing.keys.some((keys) => keys.startsWith(`${key} `))) ? key : "";
  ledAt = Date.now();
  const thing = meant(`${leader} ${key}`) || (!led && meant(key));
  if (!thing) return;
  event.preventDefault();
  inTurn(thing, run);
}

function switchTab(event) {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return plain(event);
  const other = event.target.id === "tab-reply" ? "note" : "reply";
  write(other);
  $(`#tab-${other}`).focus();
}

function leave(field) {
  if (field) field.blur();
  else if ($("#case.with-customer")) showCustomer();
  else if (!unmark() && openCase()) $(`#row-${openCase()} a`)?.focus();
}

when("keydown", pressed);
when("run", ({ detail }) => run(detail));
when("click", (event) => {
  const named = event.target.closest("[data-do]");
  if (!named || !BUTTONS[named.dataset.do]) return;
  if (named.matches("a")) event.preventDefault();
  BUTTONS[named.dataset.do](named);
});
