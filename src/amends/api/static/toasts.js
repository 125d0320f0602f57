// Toasts: what was done, with a way back for some seconds; what went wrong, with what to do next.

import { $, htmx, openCase, tell, when } from "./dom.js";
import { say } from "./texts.js";
import { signIn } from "./signing_in.js";

const SECONDS = 4, LONGER = 10;

let undoAddress = "";

export function toast(text, { undo = "", bad = false } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("undo");
    button.addEventListener("click", takeBack);
    box.append(button);
  }
  if (!bad) undoAddress = undo; // what was refused leaves what was done before to be taken back
  $("#toasts").replaceChildren(box);
  setTimeout(() => box.remove(), (undo || bad ? LONGER : SECONDS) * 1000);
}

export function takeBack() {
  if (!undoAddress) return toast(say("nothing_to_undo"));
  const address = undoAddress;
  undoAddress = "";
  return htmx.ajax("POST", address, { swap: "none" });
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

when("toast", (event) => toast(event.detail.text, event.detail));
when("htmx:responseError", tellTrouble);
when("htmx:sendError", () => toast(say("server_away"), { bad: true }));
