"""What it takes to conclude follow-ups does not grow with those that are concluded already."""

from amends.core.database import execute, fetch_values
from amends.inbox.rules.follow_up import Conclusion
from amends.inbox.rules.words import Outcome
from amends.inbox.store import follow_ups
from amends.inbox.store.follow_ups import Concluded
from tests.cast import a_post
from tests.desk import Desk

LOOKS, BATCH = 1_200, 300
SILENT = Conclusion(outcome=Outcome.SILENT, post_id=None, note="")


def read(desk: Desk) -> int:
    """Return how many rows of follow-ups were read in this transaction."""
    found = fetch_values(
        desk.conn, "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'follow_ups'"
    )
    return int(found[0])


def test_each_look_reads_its_own_episode_though_hardly_any_was_concluded_when_they_were_counted(desk: Desk) -> None:
    desk.hear(a_post("Lost"))
    execute(
        desk.conn,
        """
        with more as (
          insert into episodes (case_id, number, published_at, seen_at, triaged_at)
          select case_id, 1 + n, published_at, seen_at, triaged_at from episodes, generate_series(1, %(looks)s) n returning id, case_id)
        insert into follow_ups (case_id, episode_id, days, planned_at, due_at)
        select case_id, id, 7, %(now)s, %(now)s from more
        """,
        {"looks": LOOKS, "now": desk.now},
    )
    execute(desk.conn, "analyze follow_ups")
    ids = fetch_values(desk.conn, "select id from follow_ups order by id")
    taken: list[int] = []
    for first in range(0, LOOKS, BATCH):
        before = read(desk)
        follow_ups.conclude(desk.conn, [Concluded(follow_up_id=one, conclusion=SILENT) for one in ids[first : first + BATCH]], now=desk.now)
        taken.append(read(desk) - before)
    assert max(taken) <= 3 * LOOKS, taken
    assert fetch_values(desk.conn, "select distinct outcome from episodes where number > 1") == ["silent"]
