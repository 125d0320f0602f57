"""A ledger with something of everything, for whoever shows one."""

from datetime import datetime, timedelta

from amends.core.database import Connection

HOUR = timedelta(hours=1)


def furnish_ledger(conn: Connection, *, now: datetime) -> None:
    """Let the watch have covered two stretches, with a gap of each fate between and after them, and a way back."""
    values = {"long_ago": now - 30 * 24 * HOUR, "a": now - 50 * HOUR, "b": now - 40 * HOUR, "c": now - 39 * HOUR, "d": now - HOUR}
    conn.execute(
        """
        insert into coverage (watch_id, since, until)
        select id, s, u from watches, (values (%(a)s::timestamptz, %(b)s::timestamptz), (%(c)s, %(d)s)) given(s, u)
        """,
        values,
    )
    conn.execute(
        """
        insert into backfills (watch_id, cursor, since, until, reached, posts, created_at, next_at)
        select id, '{}', %(b)s, %(c)s, %(c)s, 1200, %(c)s, %(c)s from watches
        """,
        values,
    )
    conn.execute(
        """
        insert into gaps (watch_id, kind, note, since, until, filled_at, lost_note, backfill_id)
        select w.id, given.kind, note, since, until, filled, lost, case when given.kind = 'backlog' then (select id from backfills) end
        from watches w, (values
          ('outage', 'HTTP 502', %(a)s::timestamptz, %(a)s::timestamptz + interval '98 minutes', %(b)s::timestamptz, null),
          ('backlog', '', %(b)s, %(c)s, null, null),
          ('unseen', '', %(long_ago)s, %(long_ago)s + interval '1 day', null, 'X finds only the last <seven> days.'),
          ('refused', '<b>401</b>', %(d)s, null, null, null)
        ) given(kind, note, since, until, filled, lost)
        """,
        values,
    )
