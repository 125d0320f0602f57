"""The machine's side for Prometheus: read with a token, to the last one of millions."""

import re

from amends.core.database import fetch_values
from tests.door import Door


def test_prometheus_reads_the_machines_side_with_a_token(shared_door: Door) -> None:
    said = shared_door.program(shared_door.who.mia).get("/api/v1/metrics").text
    with shared_door.pool.transaction() as conn:
        [n] = fetch_values(conn, "select count(*) from cases where status = 'open'")
    assert f'amends_cases{{status="open"}} {n}' in said
    assert "# TYPE amends_heartbeat_age_seconds gauge" in said
    for work in ("triage", "replies", "deliveries", "events"):
        assert re.search(rf'amends_oldest_work_seconds{{work="{work}"}} [\d.]+\n', said)


def test_prometheus_reads_millions_to_the_last_one(door: Door) -> None:
    with door.pool.transaction() as conn:
        [n] = fetch_values(conn, "select sum(delta)::bigint from case_count_deltas where view = 'status:open'")
        conn.execute(
            """
            insert into case_count_deltas (view, team_id, source_id, delta)
            select view, team_id, source_id, 12345678 from case_count_deltas where view = 'status:open' limit 1
            """
        )
    assert f'amends_cases{{status="open"}} {n + 12345678}\n' in door.program(door.who.mia).get("/api/v1/metrics").text
