"""What the stream of news says: rows and counters for whoever may see them, in the language of their screens, and who is at which case.

Place in the path: `live.py` heard which cases were touched -> here (two queries, each row drawn once a language) -> every screen.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from amends.api.screen import Screens
from amends.core.clock import Clock
from amends.core.database import Pool
from amends.core.translating import N_, _, speaking
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.store import counts, inbox_list, places, presence
from amends.inbox.store.inbox_list import CaseRow
from amends.inbox.store.places import Place
from amends.inbox.store.presence import Present

DOING = {
    "viewing": N_("%(name)s is looking at this"),
    "reply": N_("%(name)s is typing a reply"),
    "note": N_("%(name)s is typing a note"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Screens that are told the same: one interface language, one scope."""

    language: str = "en"
    scope: Scope = EVERYTHING


def message(event: str, facts: Mapping[str, object], *, last: int | None = None) -> str:
    """Return one message as it goes over the stream; only news move the number from which a screen goes on."""
    number = f"id: {last}\n" if last is not None else ""
    return f"{number}event: {event}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n"


def look_again(last: int) -> str:
    """Return the message after which a screen fetches itself anew."""
    return message("again", {}, last=last)


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Makes the messages of one process; called in worker threads."""

    pool: Pool
    screens: Screens
    clock: Clock

    def news(self, touched: Mapping[int, int], last: int, audiences: Collection[Audience]) -> dict[Audience, str]:
        """Return what each audience is told of touched cases, each with its newest event."""
        with self.pool.transaction() as conn:
            by_place = counts.by_place(conn)
            rows = inbox_list.rows_of(conn, list(touched))
        summed = {scope: counts.summed(by_place, scope) for scope in {audience.scope for audience in audiences}}
        drawn = {language: self._drawn(rows, language) for language in {audience.language for audience in audiences}}
        return {one: _news(touched, last, one, rows, drawn[one.language], summed[one.scope]) for one in audiences}

    def presence(self, case_ids: Collection[int] | None, audiences: Collection[Audience]) -> dict[Audience, str]:
        """Return what each audience is told of who is at these cases; None: at all of them, as a screen that opens needs it."""
        with self.pool.transaction() as conn:
            here = presence.everybody(conn, now=self.clock())
            around = places.of_cases(conn, list(case_ids or ()))
        return {one: _presence(here, around, one, whole=case_ids is None) for one in audiences}

    def forget_who_left(self) -> None:
        """Forget who gave no sign of life; every process hears of it as of any other change."""
        with self.pool.transaction() as conn:
            presence.drop_stale(conn, now=self.clock())

    def _drawn(self, rows: Iterable[CaseRow], language: str) -> dict[int, str]:
        now = self.clock()
        with speaking(language):
            return {row.id: self.screens.row(row, now) for row in rows}


def _news(
    touched: Mapping[int, int], last: int, audience: Audience, around: Sequence[CaseRow], drawn: Mapping[int, str], counted: dict[str, int]
) -> str:
    """Return the news of one audience; of what it may not see (any more) it hears the number alone, so that a shown row can go."""
    seen = {one.id for one in around if audience.scope.holds(team_id=one.team_id, source_id=one.source_id)}
    facts = {
        "counts": counted,
        "rows": {case_id: html for case_id, html in drawn.items() if case_id in seen},
        "events": {case_id: event for case_id, event in touched.items() if case_id in seen},
        "gone": [one.id for one in around if one.id not in seen],
    }
    return message("news", facts, last=last)


def _presence(here: Iterable[Present], around: Iterable[Place], audience: Audience, *, whole: bool) -> str:
    told: dict[int, list[dict[str, object]]] = {one.id: [] for one in around if _sees(audience, one)}
    with speaking(audience.language):
        for one in here:
            if _sees(audience, one) and (whole or one.case_id in told):
                words = _(DOING[one.doing]) % {"name": one.name}
                told.setdefault(one.case_id, []).append({"id": one.agent_id, "name": one.name, "doing": one.doing, "text": words})
    return message("presence", {"whole": whole, "cases": told})


def _sees(audience: Audience, one: Place | Present) -> bool:
    return audience.scope.holds(team_id=one.team_id, source_id=one.source_id)
