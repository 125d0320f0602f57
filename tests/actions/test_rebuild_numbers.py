"""`./amends rebuild-numbers` needs the database and nothing else, and counts the same again."""

from collections.abc import Mapping

import pytest
from click.testing import CliRunner

from amends.cli.rebuild_numbers import rebuild_numbers
from amends.core.database import Pool, fetch_values
from amends.inbox.actions import facts
from tests.cast import a_post, a_source, ada
from tests.desk import Desk


@pytest.fixture
def counted(pool: Pool) -> list[Mapping[str, object]]:
    with pool.transaction() as conn:
        desk = Desk(conn=conn, source_id=a_source(conn), agent_id=ada(conn))
        desk.hear(a_post(), a_post("Where is my refund?"))
        facts.freshen(conn)
    return facts_of(pool)


def facts_of(pool: Pool) -> list[Mapping[str, object]]:
    with pool.transaction() as conn:
        return fetch_values(conn, "select to_jsonb(f) from episode_facts f order by f.case_id, f.number")


def test_it_asks_for_no_secret_and_the_facts_are_the_same(
    counted: list[Mapping[str, object]], pool: Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMENDS_SECRET_KEY", raising=False)
    monkeypatch.delenv("AMENDS_MODE", raising=False)
    done = CliRunner().invoke(rebuild_numbers, [], env={"AMENDS_DATABASE_URL": database})
    assert (done.exit_code, done.output) == (0, "2 episodes counted\n")
    assert (len(counted), facts_of(pool)) == (2, counted)
