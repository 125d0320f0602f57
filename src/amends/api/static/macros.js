// Macros: `/` in an empty place of the reply box, or `m`, opens the picker; type to find, arrows to move, Enter to put the words in.

import { $, $$, htmx, openCase, tell, when } from "./dom.js";
import { toast, trouble } from "./toasts.js";
import { write, writeIn, wrote } from "./writing.js";

const buttons = () => $$("#macros [data-macro]");
const isFresh = () => $("#macros-found [data-asked]")?.dataset.asked === $("[data-find-macro]").value;
let slash = -1, chooseFirst = false, coming = false;

export function pickMacro() {
  const dialog = $("#macros");
  if (!dialog || dialog.open) return;
  write("reply");
  dialog.showModal();
  const field = $("[data-find-macro]", dialog);
  field.value = "";
  htmx.trigger(field, "look");
  field.focus();
}

// Closed without a choice, the slash stays where it was typed.
addEventListener("close", (event) => {
  if (event.target.id !== "macros") return;
  chooseFirst = false;
  setTimeout(() => { slash = -1; });
}, true);

// A slash that begins a word asks for a macro; it is taken away again once one is chosen.
function typed(event) {
  if (event.target.id !== "reply-text" || event.data !== "/") return;
  const { value, selectionStart } = event.target;
  if (selectionStart > 1 && !/\s/.test(value[selectionStart - 2])) return;
  slash = selectionStart - 1;
  pickMacro();
}

async function choose(button) {
  chooseFirst = false;
  if (!button || coming) return;
  coming = true;
  await put(button.dataset.macro).finally(() => { coming = false; });
}

// Words that come when the picker was closed meanwhile are wanted no more, least of all in another case.
async function put(address) {
  const dialog = $("#macros"), headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", headers }).catch(() => null);
  if (!answer) return toast($("#composer").dataset.local, { bad: true });
  if (!answer.ok) return trouble(answer.status, await answer.text());
  const { text, resolve } = await answer.json();
  if (!dialog.isConnected || !dialog.open) return;
  dialog.close();
  putIn(text, resolve);
}

function putIn(text, resolve) {
  const field = $("#reply-text"), asked = slash >= 0 && field.value[slash] === "/";
  writeIn(field, text, asked ? slash : field.selectionStart, asked ? slash + 1 : field.selectionEnd);
  slash = -1;
  if (resolve) {
    field.form.dataset.ends = "yes";
    toast($("#composer").dataset.thenResolve);
  }
  wrote(field.form);
  if (openCase()) tell("case-stale");
}

function move(event) {
  const all = buttons(), at = all.indexOf(document.activeElement);
  if (event.key === "Enter" && at < 0) {
    if (isFresh()) choose(all[0]);
    else chooseFirst = true;
  } else if (event.key === "ArrowDown") all[Math.min(all.length - 1, at + 1)]?.focus();
  else if (event.key === "ArrowUp") (all[at - 1] || $("[data-find-macro]")).focus();
  else return;
  event.preventDefault();
}

// Enter was faster than the list: the first of what was typed for is meant.
when("htmx:afterSettle", () => chooseFirst && isFresh() && choose(buttons()[0]));
when("input", (event) => { chooseFirst &&= !event.target.closest("#macros"); typed(event); });
when("keydown", (event) => {
  if (event.target.closest("#macros") && !event.target.closest("form, [data-macro]:focus") ) move(event);
  else if (event.target.closest("[data-macro]") && event.key.startsWith("Arrow")) move(event);
});
when("click", (event) => {
  const button = event.target.closest("[data-macro]");
  if (button) choose(button);
});
