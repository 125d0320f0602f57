"""How often somebody complained before is counted among their own posts, also in a flood of which the database knows nothing yet."""

from datetime import timedelta

from amends.core.database import fetch_values
from amends.core.post import Author
from amends.inbox.store import earlier_complaints, untriaged
from tests.cast import NOON, a_post
from tests.desk import Desk

READ = "select coalesce(idx_tup_fetch, 0) + seq_tup_read from pg_stat_xact_user_tables where relname = 'posts'"


def somebody(name: str) -> Author:
    return Author(external_id=name, handle=name, name=name)


def test_posts_of_others_are_not_read_to_count_how_often_somebody_complained(desk: Desk) -> None:
    desk.hear(*(a_post(author=somebody(f"other{number}")) for number in range(60)))
    desk.hear(*(a_post(author=somebody("dan")) for _ in range(2)))
    desk.collect(a_post(author=somebody("dan"), published_at=NOON + timedelta(hours=1)))
    claimed = untriaged.claim(desk.conn, limit=5)
    before = fetch_values(desk.conn, READ)[0]
    assert earlier_complaints.count(desk.conn, claimed) == {claimed[0].id: 2}
    assert fetch_values(desk.conn, READ)[0] - before <= 3
