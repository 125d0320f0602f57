"""The words of the screens: names of languages and networks, times as people say them, what each event means. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from amends.collectors import abilities, networks
from amends.inbox.rules.budgeting import SPENT

LANGUAGES = {
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "kn": "Kannada",
    "ko": "Korean",
    "ml": "Malayalam",
    "mr": "Marathi",
    "nl": "Dutch",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "si": "Sinhala",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}
SPOKEN = ("en", "es", "si", "am", "ta", "kn", "pa")
VIEWS = {
    "open": "Waiting for us",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "needs_look": "Needs a look",
    "waiting": "Waiting for customer",
    "resolved": "Resolved",
    "all": "All cases",
}
SORTS = {"newest": "Newest first", "urgency": "Most urgent first", "longest": "Longest wait first"}
MOODS = {"negative": "Negative", "neutral": "Neutral", "positive": "Positive"}
STATUSES = {"open": "Waiting for us", "waiting": "Waiting for the customer", "resolved": "Resolved", "dismissed": "Dismissed"}
SHORT_STATUSES = {"open": "open", "waiting": "waiting for them", "resolved": "resolved", "dismissed": "put aside"}
COUNTERS = {
    "open": "status:open",
    "mine": "mine:",
    "unassigned": "unassigned",
    "needs_look": "needs_look",
    "waiting": "status:waiting",
    "resolved": "status:resolved",
}
EMPTY = {
    "open": ("Nobody waits for us", "New complaints appear here by themselves, usually within seconds of being published."),
    "mine": ("Nothing is yours yet", "Take a case with the key a, or pick one from Unassigned."),
    "unassigned": ("Every open case has somebody", "Cases without an agent appear here, so that none is forgotten."),
    "needs_look": ("The machine is sure of itself", "Posts it cannot judge, by language or by meaning, wait here for a person."),
    "waiting": ("We wait for nobody", "Cases we answered stay here until the customer writes again or you resolve them."),
    "resolved": ("Nothing is resolved yet", "A resolved case is followed up after some days: did the answer hold?"),
    "all": ("No cases yet", "Once a source is connected, complaints become cases by themselves. An administrator adds sources."),
}
BASIS = {"handle": "handle", "told_us": "told us", "agent": "agent", "verified": "verified"}
BASIS_WHY = {
    "handle": "The account itself: we have seen it write.",
    "told_us": "The customer told us.",
    "agent": "A colleague saw that it is the same person.",
    "verified": "Verified by another system.",
}
SHORT = frozenset({"api", "id", "smtp"})
OUTCOMES = {
    "held": "The resolution held",
    "relapsed": "Relapsed: the customer complained again",
    "silent": "The customer stayed silent",
    "unknown": "Not known: the source was not well",
}


def language(code: str) -> str:
    """Return the name of a language in English, or its code."""
    return LANGUAGES.get(code.split("-", maxsplit=1)[0].lower(), "unknown language" if code in {"", "und"} else code)


def network(name: str) -> str:
    """Return how the network writes itself."""
    return abilities(name).title if name in networks() else name.capitalize()


def mark(name: str) -> str:
    """Return the one letter that stands for a network in a list."""
    return abilities(name).mark if name in networks() else name[:1]


def handle(name: str, network_name: str) -> str:
    """Return a handle as its network writes it; a name of several words, or of a place, stays as it is."""
    at = abilities(network_name).at if network_name in networks() else "@"
    return name if name.startswith((at or "[", "[")) or not at or "/" in name or " " in name else at + name


def span(length: timedelta) -> str:
    """Return a length of time in at most two units: `40 s`, `12 min`, `2 h 10 min`, `3 d 4 h`. `amends.js` says it in the same way."""
    seconds = max(0, int(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{seconds} s"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 and days < 7 else f"{days} d"  # noqa: PLR2004


def stamp(moment: datetime) -> str:
    """Return a moment as read before the browser puts it into its own zone."""
    return f"{moment:%d %b %Y, %H:%M} UTC"


def percent(share: float) -> str:
    """Return a share of 1 in whole percent."""
    return f"{round(share * 100)} %"


def count(number: int) -> str:
    """Return a number short enough for a chip: `940`, `12.4k`, `3.1M`."""
    if number >= 999_950:  # noqa: PLR2004
        return f"{number / 1_000_000:.1f}M"
    return f"{number / 1000:.1f}k" if number >= 10_000 else f"{number:,}"  # noqa: PLR2004


def initials(name: str) -> str:
    """Return one or two letters that stand for a person; the first letters of scripts without cases too."""
    parts = [part for part in name.replace("_", " ").replace("-", " ").split() if part[0].isalnum()] or [name or "?"]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was, or in how long it will be."""
    if moment > now:
        return f"in {span(moment - now)}"
    return "just now" if now - moment < timedelta(seconds=45) else f"{span(now - moment)} ago"


def until(moment: datetime, now: datetime) -> str:
    """Return how long it is until a moment, `now` from then on."""
    return f"in {span(moment - now)}" if moment > now else "now"


def clock(moment: datetime, now: datetime) -> str:
    """Return a moment by the clock, with its day where that is not today's: `12:03`, `2 Mar, 12:03`."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment.day} {moment:%b, %H:%M}"


def telling(reasons: Sequence[str], sentiment: str) -> list[str]:
    """Return the reasons that say more than the mood, which is shown beside them."""
    return [reason for reason in reasons if reason != sentiment]


def weighed(reasons: Sequence[str], points: Mapping[str, int]) -> list[str]:
    """Return each reason with the points that it adds, where they are known: `safety +40`."""
    return [f"{reason} +{points[reason]}" if reason in points else reason for reason in reasons]


def heat(urgency: int) -> str:
    """Return the colour class of an urgency of 0 to 100."""
    if urgency >= 70:  # noqa: PLR2004
        return "hot"
    return "warm" if urgency >= 40 else "cool"  # noqa: PLR2004


def ordinal(number: int) -> str:
    """Return `2nd`, `3rd`, `11th`."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def spoken(also: str) -> list[str]:
    """Return the languages that a filter offers, with `also` among them, by name."""
    return sorted({*SPOKEN, also} - {""}, key=language)


def safe_url(address: str | None) -> str:
    """Return a link that a network gave us if it leads to the web, else one that leads nowhere."""
    return address if address and address.lower().startswith(("https://", "http://")) else "#"


def new_key() -> str:
    """Return a key under which a reply is sent at most once."""
    return str(uuid4())


def seconds(length: float) -> str:
    """Return a length of time given in seconds; below ten seconds with one decimal."""
    return f"{length:.1f} s" if length < 10 else span(timedelta(seconds=length))  # noqa: PLR2004


def label(name: str) -> str:
    """Return a field's name as a label: `consumer_key` is "Consumer key", `api_key` "API key"."""
    told = " ".join(part.upper() if part in SHORT else part for part in name.split("_"))
    return told[:1].upper() + told[1:]


WATCHES = {
    "mentions": "Who mentions us",
    "search": "Search",
    "hashtag": "Hashtags",
    "quotes": "Who quotes us",
    "own_posts": "Our own posts and answers",
    "inbox": "What is written to us",
    "subreddit_posts": "New posts of subreddits",
    "subreddit_comments": "New comments of subreddits",
    "reviews": "Reviews of",
    "comments": "Comments on what we publish",
    "issues": "Issues of",
    "discussions": "Discussions of",
    "topics": "Topics of",
    "questions": "Questions about",
    "feed": "Feeds",
    "mailbox": "The mailbox",
    "folder": "Folders",
    "calls": "What is sent to us",
}


def watch(kind: str, query: str) -> str:
    """Return what a watch looks at."""
    name = WATCHES.get(kind, label(kind))
    return f"{name}: {query}" if query else name


class Watched(Protocol):
    """A watch with its health."""

    @property
    def kind(self) -> str:
        """What it looks at."""
        ...

    @property
    def state(self) -> str:
        """New, ok, waiting, retrying or stopped."""
        ...

    @property
    def state_note(self) -> str:
        """Why it is so."""
        ...

    @property
    def next_at(self) -> datetime:
        """When it is visited next."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The state of something in words, and its colour: good, warn, bad or calm."""

    state: str
    mood: str


def health(watched: Watched, paused_at: datetime | None, now: datetime) -> Told:
    """Return how a watch is, and what we or a person will do about it."""
    if paused_at:
        return Told(state="paused by an administrator", mood="calm")
    wait = until(watched.next_at, now)
    if watched.state == "waiting" and watched.state_note.startswith(SPENT):
        return Told(state=f"waits for its share of the budget; we go on {wait}", mood="warn")
    told = {
        "new": Told(state="nobody has called yet" if watched.kind == "calls" else "not visited yet", mood="calm"),
        "ok": Told(state="works", mood="good"),
        "waiting": Told(state=f"the network asked us to wait; we go on {wait}", mood="warn"),
        "retrying": Told(state=f"does not answer properly; we try again {wait}", mood="warn"),
        "stopped": Told(state="stopped until somebody mends it", mood="bad"),
    }
    return told.get(watched.state, Told(state=watched.state, mood="calm"))
