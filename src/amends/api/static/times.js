// Times: the exact one on hover in the reader's zone, the relative one ticking. The words are those of words.py.

import { $$ } from "./dom.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function span(seconds) {
  const minutes = Math.floor(seconds / MINUTE), hours = Math.floor(seconds / HOUR), days = Math.floor(seconds / DAY);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 && days < 7 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayAndHour = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function clock(at, now) {
  const then = new Date(at * 1000);
  return (then.toDateString() === new Date(now * 1000).toDateString() ? hour : dayAndHour).format(then);
}

const TELL = {
  clock,
  for: (at, now) => span(Math.max(0, now - at)),
  next: (at, now) => (at > now ? `in ${span(at - now)}` : "now"),
  due: (at, now, { left, late }) => (at < now ? late : left).replace("{}", span(Math.abs(at - now))),
  ago: (at, now) => (at > now ? `in ${span(at - now)}` : now - at < 45 ? "just now" : `${span(now - at)} ago`),
};

export function tick() {
  const now = Date.now() / 1000;
  for (const time of $$("time[data-time]")) {
    const at = Date.parse(time.dateTime) / 1000, text = TELL[time.dataset.time](at, now, time.dataset);
    if (!time.dataset.exact) {
      time.title = exact.format(at * 1000);
      time.dataset.exact = "1";
    }
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, 10000);
