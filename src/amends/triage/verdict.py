"""The answer of triage on one post. Place in the path: text -> `Verdict` -> `inbox.rules.routing`."""

from dataclasses import dataclass, field

from amends.core.ports import Intent, Reading, Sentiment

INTENTS = tuple(Intent)
"""In the order of what models say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What triage says of one post.

    `language` is an ISO 639-1 code, with `-Latn` where a language is written in Latin letters against its habit (`si-Latn`), `und` where
    nothing can be said. `negative`, `neutral`, `positive` are calibrated and sum to 1; `complaint` is a probability of its own.
    `confidence` is the probability of `sentiment`. `intent` is the likeliest, `intents` are the chances of each, in the order of `Intent`.
    `urgency` runs from 0 to 100, `reasons` name what
    raised it, `points` say by how much each, `shares` how much of every reason counts (see `urgency`).
    `needs_look` asks for a person: language not supported, nothing to read, confidence under the threshold, or glad and a complaint at
    once. `topics` are the company's, the best match first, `topic_scores` how well each matches; `noise` says why the post is no work (""
    where it may be); `personal` names the kinds of personal data in it. `model` is the version that spoke, `encoder` the weights that read
    the text, `reading` what they said before any tuning, kept so that history can be judged anew without reading it.
    """

    language: str
    sentiment: Sentiment
    negative: float
    neutral: float
    positive: float
    complaint: float
    confidence: float
    urgency: int
    reasons: tuple[str, ...]
    needs_look: bool
    model: str
    intent: Intent = Intent.OTHER
    intents: tuple[float, ...] = ()
    topics: tuple[int, ...] = ()
    topic_scores: tuple[float, ...] = ()
    noise: str = ""
    personal: tuple[str, ...] = ()
    points: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    encoder: str = ""
    reading: Reading | None = field(default=None, compare=False, repr=False)
