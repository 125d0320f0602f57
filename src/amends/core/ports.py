"""The sockets that plug-ins fit: a network (`Collector`), a triage model (`Classifier`), an alert channel (`Notifier`).

A plug-in is ONE file: `collectors/<network>.py`, `triage/models/<name>.py`, `inbox/notifiers/<channel>.py`. Each module has a
function `build(...)` that returns the object described here; `core/plugins.py` finds the files, there is no list to edit.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import SettingsWrong
from amends.core.post import Post
from amends.core.remembering import Make, alone, forget
from amends.core.watching import Watch

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Cursor = dict[str, Json]
LARGEST_OPTION = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Our own account on a network.

    `credentials` are decrypted for this object's short life and never logged (`repr` leaves them out); `options` hold what is not
    secret, such as `base_url` (a sandbox or a replay server on loopback) and `user_id`. `memory` is what a collector of this account
    asked last to `remember` (a session), empty where it did not or where the credentials are others since; it is kept as secret as they.
    `renew` is for secrets that are good once: it hands the newest memory to a function while no other worker does, and returns what that
    made once it is stored; None where another worker is at it right now.
    `hook_key` is a secret of this source's own, for networks that are to prove that they are whom we asked to call.
    """

    handle: str
    credentials: Mapping[str, str] = field(repr=False, default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    memory: str = field(repr=False, default="")
    remember: Callable[[str], None] = field(repr=False, compare=False, default=forget)
    renew: Callable[[Make, datetime], str | None] = field(repr=False, compare=False, default=alone)
    hook_key: str = field(repr=False, default="")

    def number(self, option: str, default: float, *, least: float = 0) -> float:
        """Return an option that is a number; `SettingsWrong` where it is none, or below `least`, or beyond all reason."""
        given = self.options.get(option, "").strip()
        try:
            found = float(given) if given else default
        except ValueError:
            found = math.nan
        if not least <= found <= LARGEST_OPTION:
            raise SettingsWrong(f"the option {option} must be a number from {least:g} to {LARGEST_OPTION:,}, and is {given[:40]!r}")
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A stretch of time that the network will not show us any more, with the `reason` as agents read it; `since` None: unknown."""

    since: datetime | None
    until: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One fetched page.

    `cursor` goes into the database in the same transaction as `posts`. `more` says that older unread pages follow and the next
    fetch should come at once. `reads` is what the network bills or counts. `troubles` names what on the page could not be read
    (one line each); the rest of the page is good. `come_back_at` is set where the network said so. `missed` is what this walk should
    have reached and the network no longer shows.
    """

    posts: tuple[Post, ...]
    cursor: Cursor
    more: bool = False
    reads: int = 0
    troubles: tuple[str, ...] = ()
    come_back_at: datetime | None = None
    missed: Missed | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvest:
    """What could be read of one body: the posts in the network's order, and one line for each that could not be read."""

    posts: tuple[Post, ...]
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A picture that goes out with a reply: its bytes, their type (`image/png`), and what it shows for those who cannot see it."""

    content: bytes = field(repr=False)
    content_type: str
    alt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A reply to publish under the post `parent_id`. `key` is the same on every try; `since` is when the first try began.

    A `private` one goes to the author of the parent alone, where the network's abilities say that it can.
    """

    parent_id: str
    root_id: str
    text: str
    key: str
    since: datetime
    attachments: tuple[Attachment, ...] = ()
    private: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A reply that the network accepted."""

    external_id: str
    permalink: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Who we are on the network and what we may do there; `warnings` are sentences for the source's page.

    `rights` are what the network granted us, in its own words; `cost` says in a sentence what reading costs; sentences of ours are kept by
    `core.kept`. `expires_at` is when the credentials end, None where they do not or the network does not say.
    """

    user_id: str
    handle: str
    can_reply: bool
    warnings: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    cost: str = ""
    expires_at: datetime | None = None


class Collector(Protocol):
    """One account on one network. Never sleeps, never retries: it raises a `NetworkError` and the worker decides when to come back."""

    network: str
    max_reply_length: int

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next page of at most `budget` posts after `cursor` (None on the first visit)."""
        ...

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk that is still under way in two: one that begins anew at the newest post, and one that goes on where it was.

        The first ends where the parted walk began, so that both together cover what it would have covered: what is new need not wait
        for a long way back. None where the network's listing cannot be parted, or no walk is under way.
        """
        ...

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return the thread that begins at `root_id`, as far as the network shows it in one call."""
        ...

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        """Return the present state of posts (at most 100); one the network no longer shows comes back with `deleted=True`.

        Of such a post only `external_id` and `deleted` mean anything: the network does not say the rest any more.
        """
        ...

    def reply(self, draft: Draft) -> Published:
        """Publish `draft`; `ReplyRefused` where trying again is useless, `Unreachable` where it may or may not have been published."""
        ...

    def find_reply(self, draft: Draft) -> Published | None:
        """Return the reply if an earlier try of `draft` did get through, so that nothing is published twice."""
        ...

    def reply_length(self, text: str) -> int:
        """Return the length of `text` as this network counts it."""
        ...

    def check(self) -> Standing:
        """Return our standing, or raise what stops us."""
        ...


class Sentiment(StrEnum):
    """The mood of a post towards the company."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Intent(StrEnum):
    """What the author of a post wants."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    REQUEST = "request"
    PRAISE = "praise"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a model says of one text.

    Probabilities of negative, neutral, positive (sum 1), and of each intent (sum 1 where the model knows them, else only `complaint`).
    `signals` holds the chance of each urgency signal by its word on screen, as far as the model knows any. `embedding` is the meaning of
    the text as numbers of length 1 together, None where the model has none.
    """

    negative: float
    neutral: float
    positive: float
    complaint: float
    question: float = 0.0
    request: float = 0.0
    praise: float = 0.0
    other: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict)
    embedding: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """How far a model may be believed: in which languages, and from which probability of its answer on (below it a person looks).

    `thresholds` hold that probability where a language has its own, `confidence` is for the rest; `precision` says which share of answers
    from the threshold on was right when it was chosen.
    """

    languages: frozenset[str]
    confidence: float
    thresholds: Mapping[str, float] = field(default_factory=dict)
    precision: Mapping[str, float] = field(default_factory=dict)

    def threshold(self, language: str) -> float:
        """Return the probability below which a person looks at a post in this language."""
        return self.thresholds.get(language, self.confidence)


class Classifier(Protocol):
    """A sentiment model. `read` never raises for a text, however odd: what it cannot read comes back as None at its place."""

    version: str
    trust: Trust

    def detect(self, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
        """Return the language of each cleaned text, as the model was taught to tell them apart; hints are the network's guesses, or ""."""
        ...

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        """Return one reading a text, in order."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What an alert says: `title` one line, `body` plain text, `url` the case in Amends, `facts` for machines.

    `happening` is `alert.raised`, `alert.ended`, or `alert.digest` of many.
    """

    key: str
    title: str
    body: str
    url: str
    severity: str
    facts: Mapping[str, Json]
    happening: str = "alert.raised"


class Translator(Protocol):
    """Says a text in another language; `name` is kept beside what it made."""

    @property
    def name(self) -> str:
        """How it is called beside what it made."""
        ...

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Return `text` in the language `target`; `source` is empty where it is not known. `TranslationFailed` where that fails."""
        ...


class Notifier(Protocol):
    """One alert channel."""

    def deliver(self, message: Message) -> None:
        """Hand `message` over; raise `DeliveryError` where it did not arrive. May be called again with the same `message.key`."""
        ...
