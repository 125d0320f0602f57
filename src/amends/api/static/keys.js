// Keys, and the buttons that do the same.

import { $, $$, openCase, when } from "./dom.js";
import { showFresh } from "./news.js";
import { say } from "./labels.js";
import { closeCase, showCase, showList } from "./places.js";
import { takeBack } from "./toasts.js";
import { movePrivate, send, useWords, write, writePrivate } from "./writing.js";
import { discard, keepMine, takeOver, useOther } from "./drafts.js";
import { pickMacro } from "./macros.js";
import { dropTranslated, toggleTranslation, translate, useTranslated } from "./translate.js";
import { assign, pickSomebody } from "./assigning.js";
import { pickTopic } from "./topics.js";
import { later, pickTime } from "./snooze.js";
import { markRow, toggleAll } from "./bulk.js";

const YEAR = 31536000;

function switchTheme() {
  const theme = getComputedStyle(document.documentElement).colorScheme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  document.cookie = `amends_theme=${theme};path=/;max-age=${YEAR};samesite=lax`;
}

const BUTTONS = {
  "theme": switchTheme,
  "close-case": closeCase,
  "show-fresh": showFresh,
  "go-back": () => history.back(),
  "tab-reply": () => write("reply"),
  "tab-note": () => write("note"),
  "use-words": useWords,
  "write-private": writePrivate,
  "move-private": movePrivate,
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
  "customer": () => $("#case").classList.toggle("with-customer"),
};

function step(by) {
  const links = $$(".row a");
  if (!links.length) return;
  const focused = links.indexOf(document.activeElement), open = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.min(links.length - 1, Math.max(0, (focused >= 0 ? focused : open) + by))];
  next.focus({ preventScroll: true });
  next.closest(".row").scrollIntoView({ block: "nearest" });
  if (openCase()) showCase(next.dataset.case, { focus: false });
}

function press(selector) {
  const button = $(selector);
  if (button && !button.disabled) button.click();
}

const LABELS = {
  "1": "mood:negative", "2": "mood:neutral", "3": "mood:positive",
  "c": "intent:complaint", "q": "intent:question", "w": "intent:request", "p": "intent:praise", "o": "intent:other",
};
const KEYS = {
  ...Object.fromEntries(Object.entries(LABELS).map(([key, label]) => [key, () => say(label)])),
  "j": () => step(1),
  "k": () => step(-1),
  "r": () => write("reply"),
  "n": () => write("note"),
  "a": assign,
  "A": () => openCase() && pickSomebody(),
  "e": () => press("#resolve"),
  "t": pickTopic,
  "m": pickMacro,
  "y": toggleTranslation,
  "s": pickTime,
  "h": later,
  "v": () => markRow(0),
  "J": () => markRow(1),
  "K": () => markRow(-1),
  "V": toggleAll,
  "x": () => press("#not-for-us"),
  "u": takeBack,
  "/": () => $("#search")?.focus(),
  "?": () => $("#help")?.showModal(),
};
const PLACES = { o: "open", m: "mine", u: "unassigned", l: "needs_look", w: "waiting", r: "resolved", a: "all" };
let leaving = 0;

function pressed(event) {
  const field = event.target.closest("input, textarea, select");
  if ($("dialog[open]")) return;
  if (event.key === "Escape") leave(field);
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form?.dataset.box) {
    event.preventDefault();
    send(field.form, event.shiftKey);
  } else if (event.target.role === "tab") switchTab(event);
  else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey) plain(event);
}

function plain(event) {
  const going = Date.now() - leaving < 1500 && PLACES[event.key];
  leaving = event.key === "g" ? Date.now() : 0;
  if (!going && !KEYS[event.key]) return;
  event.preventDefault();
  if (going) showList(`/inbox?view=${going}`);
  else KEYS[event.key]();
}

function switchTab(event) {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return plain(event);
  const other = event.target.id === "tab-reply" ? "note" : "reply";
  write(other);
  $(`#tab-${other}`).focus();
}

function leave(field) {
  if (field) field.blur();
  else if (openCase()) $(`#row-${openCase()} a`)?.focus();
}

when("keydown", pressed);
when("click", (event) => {
  const named = event.target.closest("[data-do]");
  if (!named || !BUTTONS[named.dataset.do]) return;
  if (named.matches("a")) event.preventDefault();
  BUTTONS[named.dataset.do](named);
});
