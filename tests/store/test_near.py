"""The posts near a topic: only those that somebody sees, by their source and by the team of their case."""

import numpy as np
import pytest

from amends.core.database import fetch_values
from amends.core.ports import Reading
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import near, readings
from tests.cast import a_post
from tests.desk import Desk

READ = Reading(negative=0.5, neutral=0.3, positive=0.2, complaint=0.5, embedding=np.ones(4, np.float32))


def seen(desk: Desk, scope: Scope) -> int:
    return len(near.newest(desk.conn, scope, encoder="e", limit=10).post_ids)


@pytest.mark.parametrize(("teams", "sources", "count"), [(None, None, 2), ((), None, 1), (None, (), 0), (None, (0,), 2), ((), (0,), 1)])
def test_posts_near_a_topic_are_those_that_somebody_sees(
    desk: Desk, teams: tuple[int, ...] | None, sources: tuple[int, ...] | None, count: int
) -> None:
    """Of two posts one is in a case of a team, one in none; source 0 stands for theirs."""
    desk.hear(a_post(), a_post("What a day it is."))
    rows = desk.conn.execute("select id, source_id from posts").fetchall()
    [team] = fetch_values(desk.conn, "insert into teams (name, created_at) values ('North', now()) returning id")
    desk.conn.execute("update cases set team_id = %s", [team])
    readings.save(desk.conn, {PostId(row[0]): READ for row in rows}, encoder="e")
    theirs = None if sources is None else tuple(rows[0][1] for _ in sources)
    assert seen(desk, Scope(teams=teams, sources=theirs)) == count
