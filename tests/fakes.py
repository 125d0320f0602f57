"""Stand-ins at the edge of the system: they keep the ports' promises without network, model or clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.core.clock import CLOCKS_APART
from amends.core.errors import Unreachable
from amends.core.ports import Cursor, Draft, Page, Published, Reading, Standing, Trust
from amends.core.post import Author, Post
from amends.core.watching import Watch
from amends.triage.language import detect_all

NEGATIVE_WORDS = ("bad", "worst", "broken", "lost", "delayed", "refund", "outage", "angry", "terrible", "never", "down")
POSITIVE_WORDS = ("thank", "great", "love", "good", "well done")
UNREADABLE = "unreadable"
EMBEDDING = 384
PUBLISHED_AT, A_SECOND = datetime(2026, 3, 2, 12, 5, tzinfo=UTC), timedelta(seconds=1)


class FakeClassifier:
    """Reads by keywords: a bad word makes a negative complaint (0.9), a good one praise (0.9), `unreadable` comes back as None.

    Intents, signals and embedding follow the words too. `languages` remembers in which languages it read.
    """

    version = "fake-1"
    trust = Trust(languages=frozenset({"en", "es", "si", "am", "ta", "kn", "pa"}), confidence=0.5)

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.languages: list[str] = []

    def detect(self, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
        """Return the languages as the shipped model tells them."""
        return detect_all(texts, hints)

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        """Return one reading a text, and remember the call in `batches`."""
        assert len(texts) == len(languages)
        self.batches.append(list(texts))
        self.languages += languages
        return [_reading(text.lower()) for text in texts]


def _reading(text: str) -> Reading | None:
    if UNREADABLE in text:
        return None
    meaning = meaning_of(text)
    if any(word in text for word in NEGATIVE_WORDS):
        signals = {"outage": 0.9} if "outage" in text else {}
        return Reading(negative=0.9, neutral=0.08, positive=0.02, complaint=0.9, other=0.1, signals=signals, embedding=meaning)
    if any(word in text for word in POSITIVE_WORDS):
        return Reading(negative=0.02, neutral=0.08, positive=0.9, complaint=0.05, praise=0.9, other=0.05, embedding=meaning)
    asks = 0.7 if "?" in text else 0.1
    return Reading(negative=0.1, neutral=0.8, positive=0.1, complaint=0.1, question=asks, other=0.9 - asks, embedding=meaning)


@cache
def _meaning_of_word(word: str) -> NDArray[np.float64]:
    return np.random.default_rng(crc32(word.encode("utf-8", "replace"))).normal(size=EMBEDDING)


def meaning_of(text: str) -> NDArray[np.float32]:
    """Return an embedding that texts share as far as they share words."""
    together = sum((_meaning_of_word(word) for word in set(text.split())), start=np.zeros(EMBEDDING))
    return (together / max(float(np.linalg.norm(together)), 1e-9)).astype(np.float32)


class FakeNetwork:
    """A network that shows `pages` in turn (an error among them is raised) and takes replies as `moods` say, one a try.

    A mood is None (publish), `"lost"` (publish, but the answer never arrives) or an error to raise instead. `public` is what the public
    sees: a list of (parent id, text), where a reply that was published twice stands twice; `shown` are posts of others, by id. Places in
    `hidden` nobody sees any more, those in `apart` stand in no thread; `down` is raised instead of showing anything. `drafts` are the
    replies that were taken, whole. `checks` are raised in turn by `check`, `budgets` are what each fetch was allowed.
    """

    network = "x"
    max_reply_length = 280

    def __init__(self) -> None:
        self.pages: list[Page | Exception] = []
        self.moods: list[BaseException | str | None] = []
        self.public: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.shown: dict[str, Post] = {}
        self.parts: tuple[Cursor, Cursor] | None = None
        self.checks: list[Exception] = []
        self.budgets: list[int] = []
        self.hidden: set[int] = set()
        self.apart: set[int] = set()
        self.down: Exception | None = None
        self.drafts: list[Draft] = []

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:  # noqa: ARG002
        self.calls.append("fetch")
        self.budgets.append(budget)
        page = self.pages.pop(0) if self.pages else Page(posts=(), cursor=cursor or {})
        if isinstance(page, Exception):
            raise page
        return page

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:  # noqa: ARG002
        return self.parts

    def thread(self, root_id: str) -> tuple[Post, ...]:
        self.calls.append("thread")
        if self.down:
            raise self.down
        ours = [self._own(place) for place in self._seen() - self.apart if self._root(place) == root_id]
        return (*(post for post in self.shown.values() if post.root_id == root_id), *ours)

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:
        self.calls.append("refresh")
        if self.down:
            raise self.down
        ours = [self._own(place) for place in self._seen() if f"r{place}" in external_ids]
        return (*ours, *(self.shown[wanted] for wanted in external_ids if wanted in self.shown))

    def reply(self, draft: Draft) -> Published:
        self.calls.append("reply")
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, BaseException):
            raise mood
        self.public.append((draft.parent_id, draft.text))
        self.drafts.append(draft)
        if mood == "lost":
            raise Unreachable("The answer never arrived.")
        return self._published(len(self.public) - 1)

    def find_reply(self, draft: Draft) -> Published | None:
        self.calls.append("find_reply")
        same = [self._published(place) for place, said in enumerate(self.public) if said == (draft.parent_id, draft.text)]
        return next((one for one in same if one.published_at >= draft.since - CLOCKS_APART), None)

    def reply_length(self, text: str) -> int:
        return len(text)

    def check(self) -> Standing:
        self.calls.append("check")
        if self.checks:
            raise self.checks.pop(0)
        return Standing(user_id="us-0", handle="lankaair", can_reply=True)

    def _seen(self) -> set[int]:
        return set(range(len(self.public))) - self.hidden

    def _root(self, place: int) -> str:
        """The post under which a row of ours begins; in tests that is where the thread begins."""
        parent_id = self.public[place][0]
        return self._root(int(parent_id[1:])) if parent_id[0] == "r" and parent_id[1:].isdecimal() else parent_id

    def _published(self, place: int) -> Published:
        return Published(external_id=f"r{place}", permalink=f"https://x.example/r{place}", published_at=PUBLISHED_AT + place * A_SECOND)

    def _own(self, place: int) -> Post:
        parent_id, text = self.public[place]
        shown = self._published(place)
        return Post(
            network=self.network,
            external_id=shown.external_id,
            author=Author(external_id="us-0", handle="lankaair"),
            text=text,
            published_at=shown.published_at,
            permalink=shown.permalink,
            root_id=self._root(place),
            parent_id=parent_id,
            raw=b"{}",
            is_own=True,
        )
