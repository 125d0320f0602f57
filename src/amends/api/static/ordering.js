// Puts a list in order by hand: an item is dragged, and the new order sent. With the keyboard the arrows beside each item do the same.

import { request } from "./asking.js";
import { when } from "./dom.js";

let dragged = null;
const list = (event) => event.target.closest?.("[data-order]");

when("pointerdown", (event) => {
  const item = event.target.closest?.("[data-order] > li");
  if (item) item.draggable = !event.target.closest("a, button, input");
});
when("dragstart", (event) => {
  if (!list(event)) return;
  dragged = event.target.closest("li");
  dragged.classList.add("dragged");
});
when("dragover", (event) => {
  const over = dragged && event.target.closest?.("[data-order] > li");
  if (!over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
});
when("drop", (event) => dragged && event.preventDefault());
when("dragend", () => {
  if (!dragged) return;
  const whole = dragged.parentElement, name = whole.dataset.orderName;
  dragged.classList.remove("dragged");
  dragged.draggable = false;
  dragged = null;
  request("POST", whole.dataset.order, { lane: "order", values: { [name]: [...whole.children].map((item) => item.dataset.id) }, swap: "none" });
});
