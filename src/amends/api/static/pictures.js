// Pictures for an answer: picked, pasted or dropped; the server says whether it takes them.

import { $, htmx, openCase, when } from "./dom.js";
import { say } from "./texts.js";
import { toast, trouble } from "./toasts.js";

const list = () => $("#reply-pictures");
const images = (files) => [...(files || [])].filter((file) => file.type.startsWith("image/"));

async function add(files) {
  for (const file of files) if (!(await sent(file))) break;
}

async function sent(file) {
  const place = list(), id = openCase(), at = document.activeElement, typed = at.value, headers = JSON.parse(document.body.getAttribute("hx-headers"));
  let answer;
  try {
    answer = await fetch(`/inbox/${id}/pictures`, { method: "POST", headers: { ...headers, "HX-Request": "true", "Content-Type": file.type }, body: file });
  } catch {
    toast(say("picture_away"), { bad: true });
    return false;
  }
  const text = await answer.text();
  if (!answer.ok) trouble(answer.status, text);
  else if (place.isConnected) show(place, text, document.activeElement === at && at.value === typed);
  return answer.ok;
}

// Its words are asked for next, unless somebody went on writing meanwhile.
function show(place, html, isIdle) {
  place.insertAdjacentHTML("beforeend", html);
  const made = place.lastElementChild;
  htmx.process(made);
  if (isIdle) $("input[name=alt]", made).focus();
}

function dragged(event, over) {
  const form = event.target.closest?.("#form-reply");
  if (!form || !list() || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.classList.toggle("dropping", over);
}

when("change", (event) => {
  if (event.target.id !== "reply-files") return;
  add(images(event.target.files));
  event.target.value = "";
});
when("paste", (event) => {
  const files = images(event.clipboardData?.files);
  if (!files.length || !list() || event.target.id !== "reply-text") return;
  event.preventDefault();
  add(files);
});
when("dragover", (event) => dragged(event, true));
when("dragleave", (event) => dragged(event, false));
when("drop", (event) => {
  dragged(event, false);
  if (event.defaultPrevented) add(images(event.dataTransfer.files));
});
