// Toasts: what was done, with a way back for some seconds; what went wrong, with what to do next.

import { answered, deed } from "./asking.js";
import { $, openCase, tell, when } from "./dom.js";
import { say } from "./texts.js";
import { signIn } from "./signing_in.js";

const SECONDS = 4, LONGER = 10, AGAIN = 2;
const DEEP = 20;
const phone = matchMedia("(max-width: 47.5em)");
const done = []; // the addresses that take back what was done, the newest last

export function toast(text, { undo = "", bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("undo");
    button.addEventListener("click", () => takeBackOne(undo));
    box.append(button);
  }
  box.addEventListener("click", () => box.remove()); // whatever it lies upon is a tap away
  if (undo && done.at(-1) !== undo) done.push(undo);
  if (done.length > DEEP) done.shift();
  if (phone.matches) document.documentElement.style.setProperty("--head", `${$("#case-head")?.offsetHeight ?? 0}px`);
  $("#toasts").replaceChildren(box);
  goLater(box, undo || bad ? LONGER : SECONDS);
}

// What is told for a while stays as long as somebody points at it or has the focus in it.
export function goLater(box, seconds) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? goLater(box, AGAIN) : box.remove()), seconds * 1000);
}

// What was done last may still be under way: only its answer says how it is taken back.
export function takeBack() {
  return deed(async () => {
    await answered();
    return done.pop() ?? toast(say("nothing_to_undo"));
  }).catch(() => {});
}

function takeBackOne(undo) {
  const at = done.lastIndexOf(undo);
  if (at >= 0) deed(...done.splice(at, 1)).catch(() => {});
}

const tellTrouble = (event) => trouble(event.detail.xhr.status, event.detail.xhr.responseText);

export function trouble(status, responseText) {
  if (status === 401) return signIn();
  let told = { message: say("server_odd") };
  try {
    told = JSON.parse(responseText);
  } catch {
    // The answer came from something between us and the server; the general words must do.
  }
  toast(`${told.message} ${told.next || ""}`.trim(), { bad: true });
  if (status === 409 && openCase()) tell("case-stale");
}

// What is said while the page changes is shown on the next one: its words alone, since an event also holds the button that was pressed.
const THERE = "toast";
when("toast", ({ detail: { there, text, undo } }) => (there ? sessionStorage.setItem(THERE, JSON.stringify({ text, undo })) : toast(text, { undo })));
const brought = sessionStorage.getItem(THERE);
sessionStorage.removeItem(THERE);
if (brought) toast(JSON.parse(brought).text, JSON.parse(brought));
when("htmx:responseError", tellTrouble);
when("htmx:sendError", () => toast(say("server_away"), { bad: true }));
