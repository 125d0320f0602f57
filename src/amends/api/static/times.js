// Times: the exact one on hover in the reader's zone, the relative one ticking. The words are those of core/written.py.

import { $$ } from "./dom.js";
import { months, say } from "./texts.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
const two = (number) => String(number).padStart(2, "0");

// A date, a day or an hour, put together as the server does: not every browser knows the months of all our languages.
function written(pattern, then) {
  const hours = then.getHours(), day = { y: String(then.getFullYear()), MMM: months[then.getMonth()], d: String(then.getDate()) };
  return say(pattern, { ...day, HH: two(hours), H: String(hours), mm: two(then.getMinutes()) });
}

const withHour = (pattern, then) => say("day_time", { day: written(pattern, then), time: written("hour", then) });
const stamp = (at) => withHour("date", new Date(at * 1000));

function span(seconds) {
  const minutes = Math.floor(seconds / MINUTE), hours = Math.floor(seconds / HOUR), days = Math.floor(seconds / DAY);
  if (minutes < 1) return say("seconds", { n: Math.floor(seconds) });
  if (hours < 1) return say("minutes", { n: minutes });
  if (days < 1) return minutes % 60 ? say("hours_minutes", { hours, minutes: minutes % 60 }) : say("hours", { n: hours });
  return hours % 24 && days < 7 ? say("days_hours", { days, hours: hours % 24 }) : say("days", { n: days });
}

function clock(at, now) {
  const then = new Date(at * 1000);
  return then.toDateString() === new Date(now * 1000).toDateString() ? written("hour", then) : withHour("day", then);
}

const until = (at, now) => (at > now ? say("in", { length: span(at - now) }) : say("now"));

function ago(at, now) {
  if (at > now) return until(at, now);
  return now - at < 45 ? say("just_now") : say("ago", { length: span(now - at) });
}

const TELL = {
  clock,
  ago,
  stamp,
  next: until,
  for: (at, now) => span(Math.max(0, now - at)),
  due: (at, now, { left, late }) => (at < now ? late : left).replace("{}", span(Math.abs(at - now))),
};

export function tick() {
  const now = Date.now() / 1000;
  for (const time of $$("time[data-time]")) {
    const at = Date.parse(time.dateTime) / 1000, text = TELL[time.dataset.time](at, now, time.dataset);
    if (!time.dataset.exact) {
      time.title = stamp(at);
      time.dataset.exact = "1";
    }
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, 10000);
