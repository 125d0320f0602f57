// Picks people in an order: the field offers colleagues, who is ticked stands on top, the arrows move them, the form sends them as they stand.

import { $, $$, when } from "./dom.js";

const ticked = (item) => Boolean(item && $("input:checked", item));
const nameOf = (item) => $("[data-name]", item).textContent;
const itemOf = ({ target }) => target.closest?.("[data-picker] li");

function say(item) {
  const picker = item.closest("[data-picker]"), chosen = $$("li", picker).filter(ticked);
  const words = ticked(item) ? picker.dataset.told : picker.dataset.gone;
  const place = chosen.indexOf(item) + 1;
  $("[role=status]", picker).textContent = words.replace("{name}", nameOf(item)).replace("{n}", place).replace("{all}", chosen.length);
}

// Who is ticked goes to the end of those who are; who is not, back among the others by name.
function settle(item) {
  const others = $$("li", item.parentElement).filter((one) => one !== item && !ticked(one));
  const next = ticked(item) ? others[0] : others.find((one) => nameOf(one).localeCompare(nameOf(item)) > 0);
  item.parentElement.insertBefore(item, next || null);
}

when("change", (event) => {
  const item = itemOf(event);
  if (!item) return;
  settle(item);
  $("input", item).focus();
  say(item);
});
when("click", (event) => {
  const button = event.target.closest?.("[data-picker] [data-step]");
  if (!button) return;
  const item = itemOf(event), up = button.dataset.step === "up";
  const beside = up ? item.previousElementSibling : item.nextElementSibling;
  if (ticked(beside)) beside[up ? "before" : "after"](item);
  button.focus();
  say(item);
});
// Of some thousand colleagues only these are shown at once; whoever is meant is found by a letter more.
const MOST = 8;

function person(line, { value: name, dataset }) {
  const item = $("#colleague").content.firstElementChild.cloneNode(true);
  $("input", item).value = `${line}:${dataset.id}`;
  $("[data-name]", item).textContent = name;
  for (const button of $$("[data-step]", item)) button.ariaLabel = button.ariaLabel.replace("{name}", name);
  if ("reached" in dataset) $(".warn-ink", item).remove();
  return item;
}
function offer({ target }) {
  if (!target.matches?.("[data-picker] [data-narrow]")) return;
  const picker = target.closest("[data-picker]"), line = picker.dataset.picker, sought = target.value.trim().toLocaleLowerCase();
  for (const item of $$("li", picker)) if (!ticked(item)) item.remove();
  const there = new Set($$("li input", picker).map(({ value }) => value));
  const meant = ({ value, dataset }) => value.toLocaleLowerCase().includes(sought) && !there.has(`${line}:${dataset.id}`);
  $("ul", picker).append(...$$("#colleagues option").filter(meant).slice(0, MOST).map((one) => person(line, one)));
}
when("input", offer);
when("focusin", offer);
// Enter in the field that narrows the list is no wish to send the form.
when("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-picker] [data-narrow]")) event.preventDefault();
});
