// The picker of topics: type to find one, arrows to move, Enter to give it to the open case.

import { $, $$, when } from "./dom.js";

const shown = () => $$("#topics [data-picked]").filter((button) => !button.closest("li").hidden);

export function pickTopic() {
  const dialog = $("#topics");
  if (!dialog) return;
  dialog.showModal();
  const field = $("[data-pick]", dialog);
  if (!field) return;
  field.value = "";
  find("");
  field.focus();
}

function find(words) {
  for (const button of $$("#topics [data-picked]")) {
    button.closest("li").hidden = !button.textContent.toLowerCase().includes(words.trim().toLowerCase());
  }
  $("#topics [data-nothing]").hidden = shown().length > 0;
}

function move(event) {
  const buttons = shown(), at = buttons.indexOf(document.activeElement);
  if (event.key === "Enter" && at < 0) buttons[0]?.click();
  else if (event.key === "ArrowDown") buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
  else if (event.key === "ArrowUp") (buttons[at - 1] || $("#topics [data-pick]")).focus();
  else return;
  event.preventDefault();
}

when("input", (event) => event.target.closest("[data-pick]") && find(event.target.value));
when("keydown", (event) => {
  if (event.target.closest("#topics") && !event.target.closest("form")) move(event);
});
when("click", (event) => {
  if (event.target.closest("[data-picked]")) $("#topics").close();
});
when("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("form[data-clear]")) event.target.reset();
});
