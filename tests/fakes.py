"""Stand-ins at the edge of the system: they keep the ports' promises without network, model or clock."""

from collections.abc import Sequence

from amends.core.ports import Reading, Trust

NEGATIVE_WORDS = ("bad", "worst", "broken", "lost", "delayed", "refund", "outage", "angry", "terrible", "never", "down")
POSITIVE_WORDS = ("thank", "great", "love", "good", "well done")
UNREADABLE = "unreadable"


class FakeClassifier:
    """Reads by keywords: a bad word makes a negative complaint (0.9), a good one praise (0.9), `unreadable` comes back as None."""

    version = "fake-1"
    trust = Trust(languages=frozenset({"en", "es", "si", "am", "ta", "kn", "pa"}), confidence=0.5)

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:
        """Return one reading a text, and remember the call in `batches`."""
        assert len(texts) == len(languages)
        self.batches.append(list(texts))
        return [_reading(text.lower()) for text in texts]


def _reading(text: str) -> Reading | None:
    if UNREADABLE in text:
        return None
    if any(word in text for word in NEGATIVE_WORDS):
        return Reading(negative=0.9, neutral=0.08, positive=0.02, complaint=0.9)
    if any(word in text for word in POSITIVE_WORDS):
        return Reading(negative=0.02, neutral=0.08, positive=0.9, complaint=0.05)
    return Reading(negative=0.1, neutral=0.8, positive=0.1, complaint=0.1)
