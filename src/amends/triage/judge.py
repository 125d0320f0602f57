"""Read posts and say what they are. Place in the path: `inbox.actions.triage` -> `judge` -> one `Verdict` a post.

Every input gives a verdict, however odd it is; where it cannot be trusted, the verdict asks for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amends.core.personal.finding import find, kinds_of
from amends.core.ports import Classifier, Intent, Reading, Sentiment, Trust
from amends.triage.cleaning import clean, ends, has_words
from amends.triage.language import UNKNOWN
from amends.triage.tuning import SHIPPED, Tuning
from amends.triage.urgency import Facts, urgency
from amends.triage.verdict import INTENTS, Verdict

NOTHING_SAID = Reading(negative=0.0, neutral=1.0, positive=0.0, complaint=0.0)
NOBODY = "none"
LIKELY_COMPLAINT = 0.65
"""The chance from which on a complaint cannot be glad too."""
NOT_READABLE = Reading(negative=1 / 3, neutral=1 / 3, positive=1 / 3, complaint=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One post to judge: its text as the network gave it, the network's guess at its language, the source it came by.

    `language` is what an agent said that it is in, which goes before every guess. Of the author: how many follow him, and how often he
    complained elsewhere in the last 30 days.
    """

    text: str
    language_hint: str = ""
    language: str = ""
    followers: int | None = None
    source_id: int = 0
    earlier_complaints: int = 0
    repeats: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A text made ready: its cleaned `words` and their language."""

    text: Text
    words: str
    language: str


def judge(texts: Sequence[Text], classifier: Classifier, tuning: Tuning = SHIPPED) -> list[Verdict]:
    """Return one verdict a text, in order."""
    return judge_again([(text, None) for text in texts], classifier, tuning)


def judge_again(known: Sequence[tuple[Text, Reading | None]], classifier: Classifier, tuning: Tuning = SHIPPED) -> list[Verdict]:
    """Return one verdict a text, in order, where the classifier has read some of them before; the rest it reads now."""
    asked = ask([text for text, _ in known], classifier)
    said = {i: reading for i, (_, reading) in enumerate(known) if reading is not None}
    still = [i for i, one in enumerate(asked) if i not in said and has_words(one.words)]
    readings = classifier.read([asked[i].words for i in still], [asked[i].language for i in still])
    heard = said | dict(zip(still, readings, strict=True))
    return [verdict_of(one, heard.get(i, NOTHING_SAID), classifier.trust, tuning, classifier.version) for i, one in enumerate(asked)]


def ask(texts: Sequence[Text], classifier: Classifier) -> list[Asked]:
    """Return texts made ready for a classifier, in order."""
    words = [clean(text.text) for text in texts]
    open_ones = [i for i, text in enumerate(texts) if not text.language]
    heard = classifier.detect([words[i] for i in open_ones], [texts[i].language_hint for i in open_ones])
    languages = {i: text.language for i, text in enumerate(texts)} | dict(zip(open_ones, heard, strict=True))
    return [Asked(text=text, words=words[i], language=languages[i]) for i, text in enumerate(texts)]


def unread(why: str) -> Verdict:
    """Return the verdict on a post that triage stumbled over: a person is to look, and `why` says what went wrong."""
    return Verdict(
        language=UNKNOWN,
        sentiment=Sentiment.NEUTRAL,
        negative=NOT_READABLE.negative,
        neutral=NOT_READABLE.neutral,
        positive=NOT_READABLE.positive,
        complaint=NOT_READABLE.complaint,
        confidence=NOT_READABLE.neutral,
        urgency=0,
        reasons=(f"not read: {why}",),
        needs_look=True,
        model=NOBODY,
    )


def verdict_of(asked: Asked, reading: Reading | None, trust: Trust, tuning: Tuning, version: str) -> Verdict:
    """Return the verdict on one text that model `version` gave this `reading`, None where it could not read it."""
    known = tuning.refined(reading, version) or NOT_READABLE
    head = tuning.head_of(version)
    sentiment, confidence = _leading(known)
    facts = Facts(followers=asked.text.followers, earlier_complaints=asked.text.earlier_complaints)
    soon = urgency(asked.words, known, facts, tuning.urgency)
    intents = _intents(known)
    topics = tuning.topics.of(known, encoder=version, source_id=asked.text.source_id)
    return Verdict(
        language=asked.language,
        sentiment=sentiment,
        negative=known.negative,
        neutral=known.neutral,
        positive=known.positive,
        complaint=known.complaint,
        confidence=confidence,
        intent=max(intents, key=lambda intent: intents[intent]),
        intents=tuple(intents.values()),
        topics=tuple(topic for topic, _ in topics),
        topic_scores=tuple(score for _, score in topics),
        noise=tuning.noise.why(ends(asked.text.text), known, encoder=version, source_id=asked.text.source_id, repeats=asked.text.repeats),
        urgency=soon.score,
        reasons=soon.reasons,
        points=soon.points,
        shares=soon.shares,
        needs_look=_needs_look(asked, reading, confidence, trust) or _contradicts_itself(sentiment, known),
        personal=kinds_of(find(ends(asked.text.text), asked.language, shapes=tuning.order_shapes)),
        model=head.version if head else version,
        encoder=version,
        reading=reading,
    )


def _needs_look(asked: Asked, reading: Reading | None, confidence: float, trust: Trust) -> bool:
    return (
        not has_words(asked.words)
        or reading is None
        or not _is_supported(asked.language, trust.languages)
        or confidence < trust.threshold(asked.language)
    )


def _contradicts_itself(sentiment: Sentiment, reading: Reading) -> bool:
    """Say whether a post is told to be glad and a complaint at once: one of the two is wrong, and mostly it is the mood."""
    return sentiment is Sentiment.POSITIVE and reading.complaint >= LIKELY_COMPLAINT


def _intents(reading: Reading) -> dict[Intent, float]:
    """Return the chance of each intent, sum 1: what the model does not say of any is that of none of them."""
    chances = {intent: float(getattr(reading, intent)) for intent in INTENTS}
    chances[Intent.OTHER] += max(0.0, 1 - sum(chances.values()))
    return chances


def _leading(reading: Reading) -> tuple[Sentiment, float]:
    """Return the likeliest mood and its probability; of equals the middle one."""
    chances = {Sentiment.NEUTRAL: reading.neutral, Sentiment.NEGATIVE: reading.negative, Sentiment.POSITIVE: reading.positive}
    sentiment = max(chances, key=lambda mood: chances[mood])
    return sentiment, chances[sentiment]


def _is_supported(language: str, supported: frozenset[str]) -> bool:
    """Say whether the model was taught a language; text without a single letter (emoji) has none and is read all the same."""
    return language == UNKNOWN or language in supported
