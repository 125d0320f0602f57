"""The numbers of a span by what cases have in common: each value with its name, its numbers, and the query that asks for it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from amends.core.database import Connection
from amends.core.errors import NotAllowed
from amends.core.translating import _
from amends.inbox.actions import called as calling
from amends.inbox.actions.coaching import not_compared, owners_named
from amends.inbox.rules.columns import Axis, Column
from amends.inbox.rules.grouping import Group, Grouping, those_there
from amends.inbox.rules.measuring import Measures
from amends.inbox.rules.moving import BEYOND_CHANCE, moved
from amends.inbox.rules.paces import PACED, Paces
from amends.inbox.rules.query import Match, NotAQuery, Query, Term
from amends.inbox.rules.spans import Period
from amends.inbox.store import fact_rows, fact_slices, number_names, number_settings, numbers
from amends.inbox.store.matching import TooBroad
from amends.inbox.store.numbers import Asked


class Dimension(StrEnum):
    """What cases can have in common; each is a field of the query language."""

    NETWORK = "network"
    SOURCE = "source"
    BRAND = "brand"
    TEAM = "team"
    ASSIGNEE = "assignee"
    LANGUAGE = "lang"
    TOPIC = "topic"
    SEGMENT = "segment"


_COLUMNS: Mapping[Dimension, Column] = {
    Dimension.NETWORK: Column.NETWORK,
    Dimension.SOURCE: Column.SOURCE,
    Dimension.BRAND: Column.BRAND,
    Dimension.TEAM: Column.TEAM,
    Dimension.ASSIGNEE: Column.AGENT,
    Dimension.LANGUAGE: Column.LANGUAGE,
    Dimension.TOPIC: Column.TOPIC,
    Dimension.SEGMENT: Column.CASE,
}
_CODED = {Dimension.NETWORK, Dimension.LANGUAGE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One value: its name, its numbers, how many began in the span before, and the query of its rows (empty where it has no name)."""

    name: str
    measures: Measures
    paces: Paces
    before: int
    query: str

    @property
    def change(self) -> float | None:
        """How much more began than in the span before, as a share of that."""
        return (self.measures.begun - self.before) / self.before if self.before else None


def breakdown(conn: Connection, asked: Asked, dimension: Dimension, *, named: bool = False, compares: bool = False) -> list[Line]:
    """Return the numbers by a dimension, the most begun first; `named`: of those values alone that have a name.

    Who may not compare agents (`compares`) sees no segment of the customers of one.
    """
    found = numbers.find(conn, asked, also={*PACED, _COLUMNS[dimension]})
    worked = numbers.worktimes_of(conn, asked, found)
    apart = Grouping(facts=found.facts, before=found.before, now=asked.now, worktimes=worked)
    called = _names(conn, dimension)
    return [
        Line(
            name=_name(dimension, called, group.key),
            measures=group.measures,
            paces=group.paces,
            before=group.before,
            query=_query(asked, dimension, called, group.key),
        )
        for group in _groups(conn, asked, dimension, apart, _shown(conn, dimension, called, compares=compares))
        if group.key in called or not named
    ]


def _shown(conn: Connection, dimension: Dimension, called: Mapping[int, str], *, compares: bool) -> list[int]:
    if dimension is not Dimension.SEGMENT or compares:
        return list(called)
    return [key for key in called if not _is_of_agent(conn, key)]


def _is_of_agent(conn: Connection, segment_id: int) -> bool:
    try:
        return bool(owners_named(conn, _is(Dimension.SEGMENT, str(segment_id))))
    except NotAQuery:
        return False


def _groups(conn: Connection, asked: Asked, dimension: Dimension, apart: Grouping, keys: list[int]) -> list[Group]:
    if dimension is Dimension.SEGMENT:
        return those_there([group for key in keys for group in _of_segment(conn, asked, apart, key)])
    if dimension is Dimension.TOPIC:
        return apart.by_topic(keys)
    return apart.by_value(_COLUMNS[dimension])


def _of_segment(conn: Connection, asked: Asked, apart: Grouping, segment_id: int) -> list[Group]:
    """Return the numbers of the cases whose customer belongs to a segment; none where it cannot be read, or looks at too many."""
    query = asked.query.and_(_is(Dimension.SEGMENT, str(segment_id)))
    spans = ((Axis.PUBLISHED, Period(since=asked.before.since, until=asked.period.until)), (Axis.RESOLVED, asked.period))
    try:
        cases = [case for axis, span in spans for case in fact_rows.cases_of(conn, axis, span, query, asked.asker)]
    except (NotAQuery, TooBroad):
        return []
    theirs = np.unique(np.array(cases, dtype=np.int64))
    return [apart.of(segment_id, lambda side: np.isin(side[Column.CASE], theirs))]


def dimensions(conn: Connection, role: str) -> list[Dimension]:
    """Return what somebody may break numbers down by: by agents only where a setting names their role."""
    compares = number_settings.read(conn).may_compare(role)
    return [one for one in Dimension if compares or one is not Dimension.ASSIGNEE]


def check_dimension(conn: Connection, dimension: Dimension, role: str) -> None:
    """Raise `NotAllowed` where somebody may not break numbers down by this."""
    if dimension not in dimensions(conn, role):
        raise NotAllowed(not_compared())


def _names(conn: Connection, dimension: Dimension) -> Mapping[int, str]:
    """Return what the values of a dimension are called."""
    if dimension in _CODED:
        return {code: word for word, code in fact_slices.codes(conn).items()}
    return number_names.named(conn, dimension)


def _name(dimension: Dimension, called: Mapping[int, str], key: int) -> str:
    if key not in called:
        return _("nobody") if dimension is Dimension.ASSIGNEE else _("none")
    if dimension is Dimension.NETWORK:
        return calling.network(called[key])
    if dimension is Dimension.TOPIC:
        return calling.topic(called[key])
    return calling.written(called[key]) if dimension is Dimension.LANGUAGE else called[key]


def _query(asked: Asked, dimension: Dimension, called: Mapping[int, str], key: int) -> str:
    value = called.get(key, "") if dimension in _CODED else str(key or "none")
    return str(asked.query.and_(_is(dimension, value))) if value else ""


def _is(dimension: Dimension, value: str) -> Query:
    return Query((Term(dimension.value, (Match(value),)),))


@dataclass(frozen=True, kw_only=True, slots=True)
class Moving:
    """The topics that more, or fewer, complained about than in the span before, beyond chance; those that moved most first."""

    rising: Sequence[Line]
    falling: Sequence[Line]


def topics_moving(conn: Connection, asked: Asked) -> Moving:
    """Return the topics that rise and fall."""
    found = [(moved(line.measures.begun, line.before), line) for line in breakdown(conn, asked, Dimension.TOPIC, named=True)]
    ordered = sorted(found, key=lambda one: -abs(one[0]))
    return Moving(
        rising=[line for far, line in ordered if far >= BEYOND_CHANCE],
        falling=[line for far, line in ordered if far <= -BEYOND_CHANCE],
    )
