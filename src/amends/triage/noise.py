"""Why a post is no work: spam, giveaways, job ads, advertising, news, a brand's name in another sense, or what agents threw before.

Place in the path: text and `Reading` -> here -> `Verdict.noise` -> `inbox.rules.routing`, which never throws a complaint or a question
that is addressed to us. Three voices, the surest first: plain rules, what the source learnt from its agents, prototypes that came with us.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from amends.core.ports import Reading
from amends.core.translating import N_
from amends.triage.matching import MATCHES, NO_MATCHER, Floats, Goal, Learnt, Matcher, Numbers, fit

PROTOTYPES = Goal(share=1 / 12, precision=0.95)
LEAST_THROWN = LEAST_KEPT = 3
OFTEN = 4
FLOOD = 12
"""Who asks for something and is not heard says it again; only a machine says it so often among its last twenty posts."""
MANY_TAGS = 6
MARGIN = 0.02
ELSEWHERE = Goal(share=1 / 4, precision=0.9)
"""Where its agents threw some of what a source brings, much of it is not for us."""

ASKS = 0.5
"""From this chance on that the author complains, asks or wants something, no rule and no prototype throws the post."""


class Noise(StrEnum):
    """A kind of noise; the value stands in the database."""

    SPAM = "spam"
    GIVEAWAY = "giveaway"
    JOB = "job"
    MARKETING = "marketing"
    OTHER_MEANING = "other_meaning"
    NEWS = "news"
    NOT_FOR_US = "not_for_us"


WORDS: Mapping[str, str] = {
    Noise.SPAM: N_("spam"),
    Noise.GIVEAWAY: N_("a giveaway"),
    Noise.JOB: N_("a job ad"),
    Noise.MARKETING: N_("advertising"),
    Noise.OTHER_MEANING: N_("the name in another sense"),
    Noise.NEWS: N_("news"),
    Noise.NOT_FOR_US: N_("like what agents threw on this source"),
}
TAUGHT = (Noise.SPAM, Noise.GIVEAWAY, Noise.JOB, Noise.MARKETING)
"""The kinds that prototypes may throw by themselves. News and other senses of a name depend on the company: its agents teach them."""

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TAG = re.compile(r"#\w+")
_WIN = re.compile(r"\b(?:giveaway|sorteo|win\b|wins?\s+a|winners?|gana\b|ganar|prize|premio)", re.IGNORECASE)
_SPREAD = re.compile(r"\b(?:rt|retweet|repost|follow|tag|comparte|sigue|etiqueta|share)\b", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:we\W?\s*a?re hiring|now hiring|join our team|apply now|job (?:opening|vacancy|alert)|vacancy|estamos contratando"
    r"|oferta de empleo)\b|#(?:hiring|jobs?|vacancy|empleo)\b",
    re.IGNORECASE,
)
_EASY_MONEY = re.compile(
    r"\b(?:guaranteed (?:profit|returns?)|double your (?:money|btc|bitcoin)|crypto signals?|earn \S+ (?:a|per) (?:day|week)"
    r"|(?:whatsapp|telegram|dm) me (?:to|for) (?:invest|earn|recover))",
    re.IGNORECASE,
)


def by_rule(text: str, *, repeats: int = 0) -> Noise | None:
    """Return the noise that plain signs show; `repeats` is how often the author wrote this very text before."""
    link, tags = _LINK.search(text) is not None, len(_TAG.findall(text))
    if _WIN.search(text) and _SPREAD.search(text) and (link or tags or len(_SPREAD.findall(text)) > 1):
        return Noise.GIVEAWAY
    if _JOB.search(text) and (link or tags):
        return Noise.JOB
    if _EASY_MONEY.search(text) or repeats >= OFTEN or (link and tags >= MANY_TAGS):
        return Noise.SPAM
    return None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sieve:
    """What throws noise: prototypes by kind, and each source's own matcher, whose only name is `not_for_us`."""

    prototypes: Matcher = NO_MATCHER
    sources: Mapping[int, Matcher] = field(default_factory=dict)

    def why(self, text: str, reading: Reading | None, *, encoder: str, source_id: int, repeats: int = 0) -> str:
        """Return why a text is noise, or an empty string. What its author asks for, only a flood and the source's agents can throw."""
        asks = _asks(reading)
        ruled = by_rule("", repeats=repeats if repeats >= FLOOD else 0) if asks else by_rule(text, repeats=repeats)
        if ruled or reading is None or reading.embedding is None:
            return ruled or ""
        own = _best(self.sources.get(source_id, NO_MATCHER), reading.embedding, encoder)
        return own or ("" if asks else _best(self.prototypes, reading.embedding, encoder))


def _asks(reading: Reading | None) -> bool:
    return reading is not None and reading.complaint + reading.question + reading.request >= ASKS


def _best(matcher: Matcher, embedding: Numbers, encoder: str) -> str:
    """Return the name that a text matches best, or an empty string."""
    if matcher.encoder != encoder or not matcher.names:
        return ""
    scores = matcher.scores(embedding[None])[0]
    best = int(np.argmax(scores))
    return matcher.names[best] if scores[best] >= MATCHES else ""


def learn_prototypes(embeddings: Numbers, kinds: list[str]) -> dict[str, Learnt]:
    """Return what is learnt for each kind of noise from prototypes and their kinds, which are empty for ordinary posts."""
    fits = np.array([[kind == noise for noise in TAUGHT] for kind in kinds], bool).reshape(len(kinds), len(TAUGHT))
    if not fits.any(axis=0).all():
        return {}
    return dict(zip(map(str, TAUGHT), fit(embeddings, fits, PROTOTYPES), strict=True))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Relevance:
    """What a source learnt, and how it fares on its own examples, each judged by the others."""

    learnt: Learnt
    thrown_found: float
    kept_right: float


def learn_source(embeddings: Numbers, thrown: NDArray[np.bool_], worked: Numbers, care: Numbers) -> Relevance | None:
    """Return what a source learns from kept and thrown posts; None for fewer than three thrown, or fewer than three that are for us.

    `worked` are posts of the source that agents answered, `care` what a desk works on anywhere: both are for us, too. Without any of the
    source's own that are for us, all that the thrown ones share may be the company's name.
    """
    own = len(embeddings) + len(worked)
    if thrown.sum() < LEAST_THROWN or own - thrown.sum() < LEAST_KEPT:
        return None
    fits = np.concatenate([thrown, np.zeros(len(worked) + len(care), bool)])
    [learnt] = fit(np.vstack([embeddings, worked, care]), fits[:, None], ELSEWHERE)
    kept = np.flatnonzero(~fits[:own])
    careful = _raised(learnt, _above(learnt.alone[kept]))
    found = careful.alone[: len(embeddings)][thrown] >= MATCHES
    right = [learnt.alone[i] < _above(learnt.alone[kept[kept != i]]) for i in kept]
    return Relevance(learnt=careful, thrown_found=float(found.mean()), kept_right=float(np.mean(right)))


def _above(kept: Floats) -> float:
    """Return a threshold above all of a source's posts that are for us: a lost complaint costs more than noise in the inbox."""
    return max(MATCHES, float(kept.max()) + MARGIN)


def _raised(learnt: Learnt, threshold: float) -> Learnt:
    weights = learnt.weights.copy()
    weights[-1] -= threshold - MATCHES
    return replace(learnt, weights=weights, alone=learnt.alone - (threshold - MATCHES))
