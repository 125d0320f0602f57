// Times: the exact one on hover in the reader's zone, the relative one ticking. The words are those of core/written.py.

import { $$ } from "./dom.js";
import { locale, say } from "./texts.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

function span(seconds) {
  const minutes = Math.floor(seconds / MINUTE), hours = Math.floor(seconds / HOUR), days = Math.floor(seconds / DAY);
  if (minutes < 1) return say("seconds", { n: Math.floor(seconds) });
  if (hours < 1) return say("minutes", { n: minutes });
  if (days < 1) return minutes % 60 ? say("hours_minutes", { hours, minutes: minutes % 60 }) : say("hours", { n: hours });
  return hours % 24 && days < 7 ? say("days_hours", { days, hours: hours % 24 }) : say("days", { n: days });
}

function clock(at, now) {
  const then = new Date(at * 1000), time = hour.format(then);
  return then.toDateString() === new Date(now * 1000).toDateString() ? time : say("day_time", { day: day.format(then), time });
}

const until = (at, now) => (at > now ? say("in", { length: span(at - now) }) : say("now"));

function ago(at, now) {
  if (at > now) return until(at, now);
  return now - at < 45 ? say("just_now") : say("ago", { length: span(now - at) });
}

const TELL = {
  clock,
  ago,
  stamp: (at) => exact.format(at * 1000),
  next: until,
  for: (at, now) => span(Math.max(0, now - at)),
  due: (at, now, { left, late }) => (at < now ? late : left).replace("{}", span(Math.abs(at - now))),
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
