// Jumps in a thread: to the oldest unread post when a case opens, and from one post of the customer to the next.

import { $, $$ } from "./dom.js";

let height = 0;

// Where the end is in view it stays so while the box below grows; whoever reads further up is not moved.
const room = new ResizeObserver(([{ target }]) => {
  const wasAtEnd = target.scrollHeight - target.scrollTop - height < 8;
  height = target.clientHeight;
  if (wasAtEnd) target.scrollTop = target.scrollHeight;
});

// The oldest unread post in view: with its "new" line, or where all is new from the beginning, with what it answers if there is room; else the
// end.
export function toUnread() {
  const scroll = $("#thread-scroll"), line = $("#new-line") || $("#thread[data-all-new] .post.theirs");
  room.disconnect();
  if (!scroll) return;
  const fits = line?.matches(".post") && line.offsetTop + line.offsetHeight < scroll.clientHeight;
  scroll.scrollTop = fits ? 0 : line ? line.offsetTop - 12 : scroll.scrollHeight;
  height = scroll.clientHeight;
  room.observe(scroll);
}

export function jump(by) {
  const posts = $$("#thread .post.theirs"), scroll = $("#thread-scroll");
  if (!posts.length) return;
  const middle = scroll.getBoundingClientRect().top + 60, at = posts.indexOf(document.activeElement.closest?.(".post.theirs"));
  const seen = posts.filter((post) => post.getBoundingClientRect().top < middle).length;
  const next = at >= 0 ? at + by : by > 0 ? seen : seen - 1;
  const post = posts[Math.min(posts.length - 1, Math.max(0, next))];
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "nearest" });
}
