"""When a macro is offered. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Fits:
    """The cases that a macro is for; an empty list means any."""

    languages: Sequence[str] = ()
    networks: Sequence[str] = ()
    topic_ids: Sequence[int] = ()
    least_urgency: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What is known of the case that one answers."""

    language: str
    network: str
    topic_ids: Collection[int]
    urgency: int


def fits(macro: Fits, case: About) -> bool:
    """Tell whether a macro is offered in a case; a macro for `ta` also where the language is written as `ta-Latn`."""
    language = case.language.lower()
    return (
        (not macro.languages or language in macro.languages or language.partition("-")[0] in macro.languages)
        and (not macro.networks or case.network in macro.networks)
        and (not macro.topic_ids or bool(set(macro.topic_ids) & set(case.topic_ids)))
        and case.urgency >= macro.least_urgency
    )
