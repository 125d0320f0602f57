"""The customer's story over all networks, made of the steps of their episodes, the newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.api import words
from amends.core.translating import _
from amends.inbox.store.customer_page import EpisodeTimes

LENGTH = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One step: `mood` is how it is coloured, bad, good or calm."""

    at: datetime
    case_id: int
    text: str
    mood: str


def story(episodes: Sequence[EpisodeTimes]) -> list[Moment]:
    """Return the newest steps."""
    steps = sorted((moment for episode in episodes for moment in _steps(episode)), key=lambda moment: moment.at, reverse=True)
    return steps[:LENGTH]


def _steps(episode: EpisodeTimes) -> Iterable[Moment]:
    again = _("Complained again on %(network)s") if episode.number > 1 else _("Complained on %(network)s")
    outcome = words.OUTCOME_NAMES.get(episode.outcome or "", episode.outcome)
    told = (
        (episode.published_at, again % {"network": words.network(episode.network)}, "bad"),
        (episode.answered_at, _("We answered"), "calm"),
        (episode.resolved_at, _("Resolved"), "calm"),
        (episode.dismissed_at, _("Put aside: no work of ours"), "calm"),
        (
            episode.concluded_at,
            _("Follow-up: %(outcome)s") % {"outcome": outcome},
            {"held": "good", "relapsed": "bad"}.get(episode.outcome or "", "calm"),
        ),
    )
    return (Moment(at=at, case_id=episode.case_id, text=text, mood=mood) for at, text, mood in told if at)
