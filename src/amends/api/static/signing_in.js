// A session that ended in the middle of work: sign in beside it, in a tab of its own, and go on here. Nothing that was typed is touched.

import { announce } from "./announcing.js";
import { $, $$, me, tell, when } from "./dom.js";

const channel = new BroadcastChannel("amends-session");
const dialog = () => $("#sign-in-again");

export function signIn() {
  if (!dialog()) return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (!dialog().open) dialog().showModal();
}

// Asks whether somebody is signed in by now, and takes the new session's token: every form and request of this page carries it from here on.
async function goOn() {
  if (!dialog()?.open) return;
  const answer = await fetch("/login/again", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !dialog().open) return; // the same is asked by each way in which one comes back
  const { agent_id, csrf_token } = await answer.json();
  if (String(agent_id) !== me()) return location.assign("/inbox"); // somebody else's drafts and cases are not shown to this one
  take(csrf_token);
  dialog().close();
  announce(dialog().dataset.again);
  tell("signed-in");
}

function take(token) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": token }));
  for (const field of $$('input[name="csrf_token"]')) field.value = token;
}

channel.addEventListener("message", goOn);
when("visibilitychange", () => document.visibilityState === "visible" && goOn());
window.addEventListener("focus", goOn);

// A page shown after signing in says so to the pages that wait, and is done.
if ($("[data-signed-in]")) {
  channel.postMessage("signed in");
  setTimeout(() => window.close(), 300);
}

// A plain form (sign out, the profile) would leave the page with what was typed; ask first whether the session still lives.
when("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-session]") || form.dataset.session === "lives") return;
  event.preventDefault();
  const answer = await fetch("/login/again", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 401) return signIn();
  form.dataset.session = "lives";
  form.requestSubmit();
});

