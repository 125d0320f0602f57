"""The numbers of alarms: each rule's recount to the alarms behind them, within what somebody sees and asks."""

import random
from datetime import timedelta

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.inbox.rules.alarm_figures import AlarmFigure, together
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import EVERYTHING, Scope
from amends.inbox.rules.spans import Period
from amends.inbox.store import alarm_numbers
from amends.inbox.store.alarm_numbers import BehindAlarms
from tests.cast import NOON, a_source
from tests.episodes import Made

WEEK = Period(since=NOON - timedelta(days=7), until=NOON)


def ring(conn: Connection, seed: int) -> list[int]:
    """Raise alarms of cases, a source and a rate, some judged; return the teams."""
    chance = random.Random(seed)  # noqa: S311
    source = int(a_source(conn))
    execute(conn, "insert into authors (network, external_id, handle) values ('x', '1', 'cy')")
    execute(conn, "insert into customers (name, created_at) values ('Cy', now())")
    teams = fetch_values(conn, "insert into teams (name, created_at) values ('North', now()), ('South', now()) returning id")
    made = Made(conn, seed, sources=[source], teams=teams)
    for _ in range(40):
        case_id = made.begin()
        given = {
            "case": case_id,
            "at": NOON - timedelta(days=chance.random() * 10),
            "rule": chance.choice(["urgent", "reach", "rule: Fire"]),
            "seen": NOON if chance.random() < 0.5 else None,
            "no": NOON if chance.random() < 0.3 else None,
            "source": source,
        }
        execute(
            conn,
            """
            with post as (
              insert into posts (source_id, network, external_id, author_id, text, published_at, seen_at, permalink, root_id)
              select %(source)s, 'x', gen_random_uuid()::text, min(id), 'lost', %(at)s, %(at)s, 'https://x.example/1', 't'
              from authors returning id
            )
            insert into alerts (case_id, post_id, rule, severity, reason, raised_at, acknowledged_at, dismissed_at)
            select %(case)s, id, %(rule)s, 'high', 'bad', %(at)s, %(seen)s, %(no)s from post
            """,
            given,
        )
    execute(
        conn,
        """
        insert into alerts (source_id, key, rule, severity, reason, since, raised_at)
        values (%(source)s, 'silent', 'silent', 'high', 'silent for long', %(at)s, %(at)s)
        """,
        {"source": source, "at": NOON - timedelta(days=1)},
    )
    return teams


@pytest.mark.parametrize("text", ["", "mood:negative", "team:North"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_alarms_behind_each_number_recount_to_it(conn: Connection, seed: int, text: str) -> None:
    teams = ring(conn, seed)
    for scope in (EVERYTHING, Scope(teams=(teams[0],))):
        asker = Asker(agent_id=0, now=NOON, scope=scope)
        found = alarm_numbers.by_rule(conn, WEEK, parse(text), asker)
        for one in [*found, together(found)]:
            said = {"raised": one.raised, "useful": one.useful, "useless": one.useless, "unjudged": one.unjudged}
            for figure in AlarmFigure:
                behind = BehindAlarms(figure=figure, period=WEEK, query=parse(text), asker=asker, rule=one.rule or None)
                assert (alarm_numbers.count(conn, behind), _paged(conn, behind)) == (said[figure], said[figure])
    assert found


def test_whoever_sees_one_team_is_not_told_of_the_alarms_of_another(conn: Connection) -> None:
    teams = ring(conn, 3)
    behind = BehindAlarms(
        figure=AlarmFigure.RAISED, period=WEEK, query=parse(""), asker=Asker(agent_id=0, now=NOON, scope=Scope(teams=(teams[0],)))
    )
    cases = [row.case_id for row in alarm_numbers.page(conn, behind, after=None, limit=100) if row.case_id]
    seen = fetch_values(conn, "select distinct team_id from cases where id = any(%(ids)s)", {"ids": cases})
    assert teams[1] not in seen
    assert cases


def _paged(conn: Connection, behind: BehindAlarms) -> int:
    after, seen = None, set[int]()
    while page := alarm_numbers.page(conn, behind, after=after, limit=4):
        assert not seen & {row.id for row in page}
        seen |= {row.id for row in page}
        after = alarm_numbers.place_of(page[-1])
    return len(seen)
