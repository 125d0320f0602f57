"""Any sequence of merges and unmerges, with what happens between, ends where a simple model says.

The model keeps a log and lives it once more without the merges that were undone; whose a row is follows from where it was made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict
from amends.inbox.actions.attributes import add_attribute
from amends.inbox.actions.merge import Pair, merge
from amends.inbox.actions.unmerge import unmerge
from amends.inbox.rules.customer_record import Attribute, Kind
from amends.inbox.rules.ids import MergeId
from amends.inbox.store import merges, moving, sensitive_values
from tests.cast import NOON, ada
from tests.often import few
from tests.people import BELONGINGS, Person, a_note, a_person, belongings, owner_of, set_field

PEOPLE = 3
STEPS = st.one_of(
    st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("take"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("undo"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("rename"), st.integers(0, PEOPLE - 1), st.just(0)),
    st.tuples(st.just("tag"), st.integers(0, PEOPLE - 1), st.just(0)),
    st.tuples(st.just("note"), st.integers(0, PEOPLE - 1), st.just(0)),
)


@dataclass
class Model:
    """What happened, in order: `(what, who, whom or what)`; merges carry their number, so that one can be struck out."""

    log: list[tuple[str, int, object, int]] = field(default_factory=list[tuple[str, int, object, int]])
    parents: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])

    def root(self, one: int) -> int:
        """Whose record this one is part of."""
        while one in self.parents:
            one = self.parents[one][0]
        return one

    def strike(self, number: int) -> None:
        """Live without a merge."""
        self.log = [entry for entry in self.log if entry[3] != number or entry[0] not in {"merge", "take"}]
        self.parents = {absorbed: told for absorbed, told in self.parents.items() if told[1] != number}

    def fields(self) -> list[tuple[str, list[str]]]:
        """The name and the tags of each record."""
        names, tags = [f"P{one}" for one in range(PEOPLE)], [[f"t{one}"] for one in range(PEOPLE)]
        for what, who, other, _ in self.log:
            if what == "rename":
                names[who] = str(other)
            elif what == "tag":
                tags[who] = [*tags[who], str(other)]
            else:
                whom = int(str(other))
                names[who] = names[whom] if what == "take" else names[who]
                tags[who] = [*tags[who], *(one for one in tags[whom] if one not in tags[who])]
        return list(zip(names, tags, strict=True))


@dataclass
class World:
    """The same in the database."""

    conn: Connection
    people: Sequence[Person]
    live: dict[int, MergeId] = field(default_factory=dict[int, MergeId])
    notes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    rows: list[tuple[int, dict[str, int]]] = field(default_factory=list[tuple[int, dict[str, int]]])

    def merge(self, survivor: int, absorbed: int, side: str) -> MergeId:
        choices = {"name": side, "attributes.word": side}
        pair = Pair(survivor_id=self.people[survivor].id, absorbed_id=self.people[absorbed].id, choices=choices, sealed=True)
        return merge(self.conn, pair, agent_id=ada(self.conn), now=NOON)


def _step(model: Model, world: World, step: tuple[str, int, int], number: int) -> None:
    what, one, other = step
    if what in {"merge", "take"}:
        _merge(model, world, what, one, other, number)
    elif what == "undo":
        _undo(model, world, one)
    elif one not in model.parents:
        _write(model, world, what, one, number)


def _merge(model: Model, world: World, what: str, one: int, other: int, number: int) -> None:
    if one == other:
        return
    side = "absorbed" if what == "take" else "survivor"
    if one in model.parents or other in model.parents:
        with pytest.raises(Conflict):
            world.merge(one, other, side)
        return
    world.live[number] = world.merge(one, other, side)
    model.log.append((what, one, other, number))
    model.parents[other] = (one, number)


def _undo(model: Model, world: World, place: int) -> None:
    if world.live:
        number = sorted(world.live)[place % len(world.live)]
        unmerge(world.conn, world.live.pop(number), agent_id=ada(world.conn), now=NOON)
        model.strike(number)


def _write(model: Model, world: World, what: str, one: int, number: int) -> None:
    person = world.people[one]
    if what == "note":
        world.notes.append((a_note(world.conn, person.id), one))
    elif what == "rename":
        set_field(world.conn, person.id, name=f"N{number}")
        _seal(world.conn, person, f"N{number}")
        model.log.append((what, one, f"N{number}", number))
    else:
        tags = fetch_values(world.conn, "select tags from customers where id = %(id)s", {"id": person.id})[0]
        set_field(world.conn, person.id, tags=[*tags, f"n{number}"])
        model.log.append((what, one, f"n{number}", number))


def _seal(conn: Connection, person: Person, word: str) -> None:
    """Keep a sealed value that is always the name."""
    sensitive_values.put(conn, person.id, key="word", sealed=word.encode(), agent_id=None, now=NOON)


def _check(model: Model, world: World) -> None:
    records = [merges.record(world.conn, person.id) for person in world.people]
    assert [(one.fields["name"], set(one.fields["tags"])) for one in records if one] == [(name, set(tags)) for name, tags in model.fields()]
    sealed = [sensitive_values.find(world.conn, person.id, "word") for person in world.people]
    assert [one.sealed.decode() if one else None for one in sealed] == [name for name, _tags in model.fields()]
    roots = [world.people[model.root(one)].id for one in range(PEOPLE)]
    authors = [person.author_id for person in world.people]
    query = "select customer_id from customer_links where author_id = any(%(ids)s) order by author_id"
    assert fetch_values(world.conn, query, {"ids": authors}) == roots
    assert [owner_of(world.conn, note) for note, _ in world.notes] == [roots[made] for _, made in world.notes]
    _check_belongings(model, world)


def _owners(world: World, table: LiteralString) -> list[int]:
    """Return whose each row of a table is, in the order in which they were made."""
    query: LiteralString = "select customer_id from " + table + " where id = any(%(ids)s) order by id"  # noqa: S608 - a name from our own list
    return fetch_values(world.conn, query, {"ids": [row[table] for _made, row in world.rows if table in row]})


def _check_belongings(model: Model, world: World) -> None:
    """All is with whoever it was made for, or is part of; what somebody has once only, at least where nobody is part of another."""
    for table in BELONGINGS:
        made = [world.people[model.root(made)].id for made, row in world.rows if table in row]
        assert (table in moving.ONCE and model.parents) or _owners(world, table) == made, table


@example(steps=[("merge", 1, 0), ("merge", 2, 1)])
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
@settings(max_examples=few(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_merges_and_unmerges_ends_where_it_says(conn: Connection, steps: list[tuple[str, int, int]]) -> None:
    with conn.transaction(force_rollback=True):
        add_attribute(conn, Attribute(key="word", name="Word", kind=Kind.TEXT, sensitive=True), by=None, now=NOON)
        people = [a_person(conn, f"P{one}") for one in range(PEOPLE)]
        for one, person in enumerate(people):
            set_field(conn, person.id, tags=[f"t{one}"])
            _seal(conn, person, f"P{one}")
        model, world = Model(), World(conn=conn, people=people)
        world.rows = list(enumerate(belongings(conn, [person.id for person in people])))
        lacking = world.rows[PEOPLE // 2][1].pop("occasion_messages")
        execute(conn, "delete from occasion_messages where id = %(id)s", {"id": lacking})
        for number, step in enumerate(steps):
            _step(model, world, step, number)
        _check(model, world)
        for number in sorted(world.live):
            unmerge(conn, world.live[number], agent_id=ada(conn), now=NOON)
            model.strike(number)
        _check(model, world)
