// Panes: the line between two of them is moved by mouse or arrow keys; the widths are kept for next time (early.js puts them back).

import { $, $$, keep, when } from "./dom.js";

const root = document.documentElement;
const STEP = 16, LEAP = 64;
// What a line moves, between which widths, and from which edge of the pane it is measured.
const PANES = {
  rail: { pane: "#rail", least: 168, most: 360 },
  list: { pane: "#list", least: 260, most: 640 },
  side: { pane: "#customer", least: 220, most: 480, fromEnd: true },
};

const width = ({ pane }) => Math.round($(pane)?.getBoundingClientRect().width ?? 0);

function set(line, wanted) {
  const name = line.dataset.pane, it = PANES[name], next = Math.round(Math.min(it.most, Math.max(it.least, wanted)));
  root.style.setProperty(`--${name}`, `${next}px`);
  line.setAttribute("aria-valuenow", String(width(it) || next));
}

function remember() {
  const kept = Object.keys(PANES).map((name) => [name, parseInt(root.style.getPropertyValue(`--${name}`), 10)]);
  keep("amends_panes", kept.filter(([, value]) => value).map(([name, value]) => `${name}-${value}`).join("."));
}

function forget(line) {
  root.style.removeProperty(`--${line.dataset.pane}`);
  line.setAttribute("aria-valuenow", String(width(PANES[line.dataset.pane])));
  remember();
}

function byKey(event) {
  const line = event.target.closest?.("[data-pane]");
  if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
  const it = PANES[line.dataset.pane], by = (event.shiftKey ? LEAP : STEP) * (it.fromEnd ? -1 : 1);
  const wanted = { ArrowRight: width(it) + by, ArrowLeft: width(it) - by, Home: it.least, End: it.most }[event.key];
  if (event.key === "Enter") forget(line);
  else if (wanted === undefined) return;
  else {
    set(line, wanted);
    remember();
  }
  event.preventDefault();
}

function grab(event) {
  const line = event.target.closest("[data-pane]");
  if (!line || event.button) return;
  const it = PANES[line.dataset.pane], box = $(it.pane).getBoundingClientRect();
  const move = ({ clientX }) => set(line, it.fromEnd ? box.right - clientX : clientX - box.left);
  const drop = () => {
    line.removeEventListener("pointermove", move);
    root.classList.remove("moving-pane");
    remember();
  };
  line.setPointerCapture(event.pointerId);
  line.addEventListener("pointermove", move);
  line.addEventListener("lostpointercapture", drop, { once: true });
  root.classList.add("moving-pane");
  event.preventDefault();
  line.focus();
}

function tellWidths() {
  for (const line of $$("[data-pane]")) line.setAttribute("aria-valuenow", String(width(PANES[line.dataset.pane]) || line.getAttribute("aria-valuenow")));
}

when("keydown", byKey);
when("pointerdown", grab);
when("dblclick", (event) => event.target.closest("[data-pane]") && forget(event.target.closest("[data-pane]")));
// The case is on screen first, and who runs on to the next one does not wait: to measure is to lay out.
let telling = 0;
when("case-shown", () => {
  clearTimeout(telling);
  telling = setTimeout(tellWidths, 500);
});
tellWidths();
