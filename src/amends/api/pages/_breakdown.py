"""The numbers of a span by what cases have in common: each value with its name, its numbers, and the query that asks for it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from amends.api import words
from amends.core.database import Connection
from amends.core.translating import _
from amends.inbox.rules.columns import Column
from amends.inbox.rules.measuring import Measures, by_topic, by_value
from amends.inbox.rules.query import Match, Query, Term
from amends.inbox.store import fact_slices, number_names, number_settings, numbers
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


_COLUMNS: Mapping[Dimension, Column] = {
    Dimension.NETWORK: Column.NETWORK,
    Dimension.SOURCE: Column.SOURCE,
    Dimension.BRAND: Column.BRAND,
    Dimension.TEAM: Column.TEAM,
    Dimension.ASSIGNEE: Column.AGENT,
    Dimension.LANGUAGE: Column.LANGUAGE,
    Dimension.TOPIC: Column.TOPIC,
}
_CODED = {Dimension.NETWORK, Dimension.LANGUAGE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One value: its name, its numbers, how many began in the span before, and the query of its rows (empty where it has no name)."""

    name: str
    measures: Measures
    before: int
    query: str

    @property
    def change(self) -> float | None:
        """How much more began than in the span before, as a share of that."""
        return (self.measures.begun - self.before) / self.before if self.before else None


def breakdown(conn: Connection, asked: Asked, dimension: Dimension) -> list[Line]:
    """Return the numbers by a dimension, the most begun first."""
    column = _COLUMNS[dimension]
    found = numbers.find(conn, asked, also=(column,))
    called = _names(conn, dimension)
    if column is Column.TOPIC:
        groups = by_topic(found.facts, found.before, [int(key) for key in called], asked.now)
    else:
        groups = by_value(found.facts, found.before, column, asked.now)
    return [
        Line(
            name=_name(dimension, called, group.key),
            measures=group.measures,
            before=group.before,
            query=_query(asked, dimension, called, group.key),
        )
        for group in groups
    ]


def dimensions(conn: Connection, role: str) -> list[Dimension]:
    """Return what somebody may break numbers down by: by agents only where a setting names their role."""
    compares = number_settings.read(conn).may_compare(role)
    return [one for one in Dimension if compares or one is not Dimension.ASSIGNEE]


def _names(conn: Connection, dimension: Dimension) -> Mapping[int, str]:
    """Return what the values of a dimension are called."""
    if dimension in _CODED:
        return {code: word for word, code in fact_slices.codes(conn).items()}
    return number_names.named(conn, dimension)


def _name(dimension: Dimension, called: Mapping[int, str], key: int) -> str:
    if key not in called:
        return _("nobody") if dimension is Dimension.ASSIGNEE else _("none")
    if dimension is Dimension.NETWORK:
        return words.network(called[key])
    return words.language(called[key]) if dimension is Dimension.LANGUAGE else called[key]


def _query(asked: Asked, dimension: Dimension, called: Mapping[int, str], key: int) -> str:
    value = called.get(key, "") if dimension in _CODED else str(key or "none")
    return str(asked.query.and_(Query((Term(dimension.value, (Match(value),)),)))) if value else ""
