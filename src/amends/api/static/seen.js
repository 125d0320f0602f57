// How far the agent has seen the case: what is new counts as seen once it was in view for a moment, in a tab that is looked at.

import { $, $$, when } from "./dom.js";

const A_MOMENT = 1500;
const timers = new Map();
const watcher = new IntersectionObserver((entries) => entries.forEach(look), { threshold: 0.5 });

function look({ target, isIntersecting }) {
  clearTimeout(timers.get(target));
  timers.delete(target);
  if (isIntersecting) timers.set(target, setTimeout(() => count(target), A_MOMENT));
}

function count(post) {
  timers.delete(post);
  if (document.hidden || !post.isConnected) return;
  raise("seen_posts", post.dataset.number);
  raise("seen_reply", post.dataset.reply);
}

function raise(name, number) {
  const field = $(`#reply-seen [name=${name}]`);
  if (field && Number(number) > Number(field.value)) field.value = number;
}

function watch() {
  watcher.disconnect();
  timers.forEach(clearTimeout);
  timers.clear(); // or the posts of cases that are gone would be held for good
  for (const post of $$("#thread [data-number], #thread [data-reply]")) watcher.observe(post);
}

when("case-shown", watch);
when("page-changed", watch);
when("visibilitychange", () => document.hidden || watch());
