// Pickers (of topics, of people): type to find one, arrows to move, Enter to choose it.

import { deed } from "./asking.js";
import { $, $$, openCase, when } from "./dom.js";

const shown = (dialog) => $$("[data-picked]", dialog).filter((button) => !button.closest("li").hidden);

export const pickTopic = () => pick($("#topics"));

export function pick(dialog) {
  if (!dialog) return;
  dialog.showModal();
  const field = $("[data-pick]", dialog);
  if (!field) return;
  field.value = "";
  find(dialog, "");
  field.focus();
}

function find(dialog, words) {
  for (const button of $$("[data-picked]", dialog)) {
    button.closest("li").hidden = !button.textContent.toLowerCase().includes(words.trim().toLowerCase());
  }
  $("[data-nothing]", dialog).hidden = shown(dialog).length > 0;
}

function move(event) {
  const dialog = event.target.closest(".picker"), buttons = shown(dialog), at = buttons.indexOf(document.activeElement);
  if (event.key === "Enter" && at < 0) buttons[0]?.click();
  else if (event.key === "ArrowDown") buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
  else if (event.key === "ArrowUp") (buttons[at - 1] || $("[data-pick]", dialog)).focus();
  else return;
  event.preventDefault();
}

when("input", (event) => event.target.closest("[data-pick]") && find(event.target.closest(".picker"), event.target.value));
when("keydown", (event) => {
  if (event.target.closest(".picker:has([data-pick])") && !event.target.closest("form")) move(event);
});
when("click", (event) => {
  const button = event.target.closest("[data-picked]"), picker = button?.closest(".picker");
  if (picker?.id === "topics") deed(`/inbox/${openCase()}/topics`, { topic_id: button.value });
  picker?.close();
});
const written = (form) => new URLSearchParams(new FormData(form)).toString();
const sent = new WeakMap();

when("htmx:beforeRequest", (event) => {
  if (event.target.matches("form[data-clear]")) sent.set(event.detail.xhr, written(event.target));
});
when("htmx:afterRequest", (event) => {
  // Who already writes the next one while the answer is under way keeps it.
  const form = event.target.matches("form[data-clear]") && event.target;
  if (form && event.detail.successful && written(form) === sent.get(event.detail.xhr)) form.reset();
});
