"""SQL of the packed facts: each column of half a day as one string of numbers, so that the facts of a year come in a few milliseconds.

A slice that is stale is packed from the facts while it is read, so that what is read never depends on when the worker packed it. What was
read is kept in the process under the name of its pack (`slice_packs`): PostgreSQL says at each look which names are true still, and sends
the others alone. What is kept may be forgotten at any time, and is replaced as a whole, so any number of threads may look at it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_binary, fetch_values
from amends.inbox.rules.columns import Axis, Column, Columns
from amends.inbox.rules.strips import NOTHING, Packed, Strip

MOST = 128 << 20
"""How many bytes of an axis are kept, those of the longer look where one does not go into the other."""
_KEPT: dict[Axis, Strip] = {}
# Its name in `fact_slices`, and one fact's bytes in it.
_COLUMNS: Mapping[Column, tuple[LiteralString, LiteralString]] = {
    Column.AT: ("at", "int4send(floor(extract(epoch from f.at - timestamptz '2000-01-01 00:00:00+00'))::integer)"),
    Column.EPISODE: ("episode", "int8send(f.episode_id)"),
    Column.CASE: ("case", "int8send(f.case_id)"),
    Column.NUMBER: ("number", "substring(int2send(least(f.number, 127)::smallint), 2)"),
    Column.BRAND: ("brand", "int4send(f.brand_id::integer)"),
    Column.SOURCE: ("source", "int4send(f.source_id::integer)"),
    Column.NETWORK: ("network", "int2send(n.id)"),
    Column.TEAM: ("team", "int4send(coalesce(f.team_id, 0)::integer)"),
    Column.AGENT: ("agent", "int4send(coalesce(f.agent_id, 0)::integer)"),
    Column.LANGUAGE: ("language", "int2send(l.id)"),
    Column.MOOD: ("mood", "substring(int2send(o.mood), 2)"),
    Column.FIRST_ANSWER: ("first_answer", "int4send(coalesce(f.first_answer, -1))"),
    Column.ENDING: ("ending", "int4send(coalesce(f.ending, -1))"),
    Column.FORGOTTEN: ("forgotten", "int4send(coalesce(f.forgotten, -1))"),
    Column.SEEN: ("seen", "int4send(f.seen)"),
    Column.TRIAGED: ("triaged", "int4send(f.triaged)"),
    Column.AFTER_7: ("after_7", "substring(int2send(o.seven), 2)"),
    Column.AFTER_30: ("after_30", "substring(int2send(o.thirty), 2)"),
    Column.PROMISE: ("promise", "substring(int2send(o.promise), 2)"),
    Column.NEXT_ANSWER: ("next_answer", "int4send(coalesce(f.next_answer, -1))"),
    Column.CSAT: ("csat", "substring(int2send(coalesce(f.csat, 0::smallint)), 2)"),
    Column.HANDLED: ("handled", "int4send(coalesce(f.handled, -1))"),
    Column.FIRST_BUSINESS: ("first_business", "int4send(coalesce(f.first_business, -1))"),
    Column.NEXT_BUSINESS: ("next_business", "int4send(coalesce(f.next_business, -1))"),
    Column.ENDING_BUSINESS: ("ending_business", "int4send(coalesce(f.ending_business, -1))"),
    Column.FIRST_CALENDAR: ("first_calendar", "int4send(coalesce(f.first_calendar, -1))"),
    Column.ENDING_CALENDAR: ("ending_calendar", "int4send(coalesce(f.ending_calendar, -1))"),
    Column.TOPIC_EPISODE: ("topic_episode", "t.episodes"),
    Column.TOPIC: ("topic", "t.topics"),
}
_PUBLISHED: LiteralString = """
  join lateral (select x.*, x.published_at as at from episode_facts x
    where x.published_at >= s.begins and x.published_at < s.begins + interval '12 hours' and not x.dismissed
"""
# The facts `f` of the slices `s`, each with the moment `at` that puts it on the axis.
_ON_AXIS: Mapping[Axis, LiteralString] = {
    Axis.PUBLISHED: _PUBLISHED + ") f on true",
    Axis.OPEN: _PUBLISHED + " and x.resolved_at is null) f on true",
    Axis.RESOLVED: """
      join lateral (select x.*, x.resolved_at as at from episode_facts x
        where x.resolved_at >= s.begins and x.resolved_at < s.begins + interval '12 hours' and not x.dismissed) f on true
    """,
}
_CODES: LiteralString = """
  join fact_words n on n.word = f.network join fact_words l on l.word = f.language
  cross join lateral (
    select coalesce(array_position(array['negative', 'neutral', 'positive'], f.mood), 0)::smallint as mood,
           coalesce(array_position(array['kept', 'broken'], f.promise), 0)::smallint as promise,
           coalesce(array_position(array['held', 'relapsed', 'silent', 'unknown'], f.after_7), 0)::smallint as seven,
           coalesce(array_position(array['held', 'relapsed', 'silent', 'unknown'], f.after_30), 0)::smallint as thirty) o
  cross join lateral (
    select string_agg(int8send(f.episode_id + 0 * topic), ''::bytea) as episodes,
           string_agg(int4send(topic::integer), ''::bytea order by topic) as topics
    from unnest(f.topics) topic) t
"""
_SPAN: LiteralString = " where axis = %(axis)s and begins >= slice_of(%(since)s) and begins < %(until)s"


def take_stale(conn: Connection, *, limit: int) -> dict[Axis, list[datetime]]:
    """Take at most `limit` slices off that wait to be packed, on each axis, the longest waiting first."""
    return {
        axis: fetch_values(
            conn,
            """
            with slices as (select begins from stale_slices where axis = %(axis)s group by begins order by min(id) limit %(limit)s),
                 gone as (delete from stale_slices s using slices where s.axis = %(axis)s and s.begins = slices.begins)
            select begins from slices order by begins
            """,
            {"axis": axis, "limit": limit},
        )
        for axis in Axis
    }


def pack(conn: Connection, axis: Axis, slices: Sequence[datetime]) -> None:
    """Pack these slices anew; one without facts has no row."""
    if not slices:
        return
    given = {"axis": axis, "slices": list(slices)}
    execute(conn, "delete from fact_slices where axis = %(axis)s and begins = any(%(slices)s)", given)
    packed = _packed(axis, tuple(_COLUMNS), "unnest(%(slices)s::timestamptz[]) s (begins)")
    execute(conn, "insert into fact_slices (axis, begins, name, numbers) select %(axis)s, begins, name, numbers from " + packed, given)
    execute(
        conn,
        """
        insert into slice_packs (axis, begins) select %(axis)s, begins from unnest(%(slices)s::timestamptz[]) begins
        on conflict (axis, begins) do update set pack = excluded.pack
        """,
        given,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word and the small number that stands for it."""

    id: int
    word: str


def codes(conn: Connection) -> dict[str, int]:
    """Return the small numbers that stand for words."""
    return {known.word: known.id for known in fetch_all(conn, Word, "select id, word from fact_words")}


def read(conn: Connection, axis: Axis, columns: Collection[Column], *, since: datetime, until: datetime) -> Columns:
    """Return the columns of all slices that touch the span, one after the other; what lies outside of it within them is there too."""
    kept = _KEPT.get(axis, NOTHING)
    known = kept.packs if set(columns) <= kept.held.keys() else {}
    names = sorted(_worth_reading(kept, columns))
    asked = {"axis": axis, "since": since, "until": until, "names": names, "known": "{" + ",".join(map(str, known.values())) + "}"}
    packs, new = _sorted_out(fetch_binary(conn, _slices(axis, columns, anew=not known), asked))
    fresh = {begins: one for begins, one in new.items() if begins in packs}
    found = kept.picked(known.keys() - fresh.keys(), fresh) if fresh else kept
    if found.size <= MOST and (known or found.size > kept.size):
        _KEPT[axis] = found
    there = {begins for begins, pack in packs.items() if found.packs.get(begins) == pack}
    return found.picked(there, {begins: one for begins, one in new.items() if begins not in packs}).columns(columns)


def _worth_reading(kept: Strip, columns: Collection[Column]) -> set[Column]:
    """Return what to read of a slice that is new: what is kept of the others too, unless all of it would be too much to keep."""
    both = {*columns, *kept.held}
    return both if kept.size * len(both) <= MOST * len(kept.held) else set(columns)


def _sorted_out(rows: Sequence[tuple[Any, ...]]) -> tuple[dict[int, int], dict[int, Packed]]:
    """Return the packs of the slices by where they begin, and those slices that were sent."""
    packs: dict[int, int] = {}
    texts: dict[int, dict[str, bytes]] = {}
    for begins, pack, name, numbers in rows:
        if name is None:
            packs[begins] = pack
        else:
            texts.setdefault(begins, {})[name] = numbers
    return packs, {begins: Packed(pack=packs.get(begins), texts=found) for begins, found in texts.items()}


_ALL: LiteralString = (
    "select begins, null::bigint as pack, name, numbers from fact_slices"
    + _SPAN
    + " and name = any(%(names)s) and begins not in (select begins from stale)"
)
# Each is looked up by its key: what is kept needs no look at where it lies.
_UNKNOWN: LiteralString = """
  select s.* from packs p cross join lateral (
    select begins, null::bigint as pack, name, numbers from fact_slices
    where axis = %(axis)s and name = any(%(names)s) and begins = p.begins offset 0) s
  where p.pack not in (select unnest(%(known)s::bigint[]))
"""


def _slices(axis: Axis, columns: Collection[Column], *, anew: bool) -> LiteralString:
    """Return the packs of the slices of a span, and the columns of those whose pack is not known, or of all anew; of stale ones always."""
    return (
        "with stale as (select distinct begins from stale_slices"
        + _SPAN
        + "), packs as materialized (select begins, pack from slice_packs"
        + _SPAN
        + " and begins not in (select begins from stale)), slices as ("
        + (_ALL if anew else _UNKNOWN)
        + " union all select begins, pack, null, null from packs union all select begins, null, name, numbers from "
        + _packed(axis, sorted(columns), "stale s")
        + ") select extract(epoch from begins)::bigint, pack, name, numbers from slices"
    )


def _packed(axis: Axis, columns: Sequence[Column], slices: LiteralString) -> LiteralString:
    """Return the rows of columns that the facts of some slices are packed into."""
    between: LiteralString = ", "
    wide = between.join(tuple(_aggregate(column) for column in columns))
    rows = between.join(tuple(_named(column) for column in columns))
    facts = "(select s.begins, " + wide + " from " + slices + _ON_AXIS[axis] + _CODES + " group by s.begins) w"
    return "(select w.begins, c.* from " + facts + " cross join lateral (values " + rows + ") c (name, numbers)) packed"


def _aggregate(column: Column) -> LiteralString:
    name, each = _COLUMNS[column]
    return "coalesce(string_agg(" + each + ", ''::bytea order by f.at, f.episode_id), ''::bytea) as \"" + name + '"'


def _named(column: Column) -> LiteralString:
    name, _ = _COLUMNS[column]
    return "('" + name + "', w.\"" + name + '")'
