"""`./amends ledger replay` says by its exit code whether the posts are what the networks said, and leaves nothing behind."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from amends.cli.ledger import ledger
from amends.core.database import Pool, execute, fetch_values
from amends.core.rows.posts import RowDefaults, post_of
from amends.inbox.actions.import_posts import ImportPlace, import_posts
from tests.cast import NOON, SECRET_KEY
from tests.databases import Server

ROW = {"author_handle": "cy", "text": "My bag is lost", "published_at": "2026-02-03 04:05"}
PLACE = ImportPlace(handle="import", brand=None, secret_key=SECRET_KEY)


@pytest.fixture
def env(database: str) -> Mapping[str, str]:
    return {"AMENDS_MODE": "test", "AMENDS_DATABASE_URL": database, "AMENDS_SECRET_KEY": SECRET_KEY}


@pytest.fixture
def stored(pool: Pool) -> Pool:
    posts = [post_of(ROW | {"external_id": str(number)}, defaults=RowDefaults(network="import"), now=NOON) for number in range(3)]
    with pool.transaction() as conn:
        import_posts(conn, posts, place=PLACE, now=NOON)
    return pool


def replay(env: Mapping[str, str], *options: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(ledger, ["replay", "--json", *options], env=env)
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def databases(pool: Pool) -> list[str]:
    with pool.transaction() as conn:
        return fetch_values(conn, "select datname::text from pg_database where datname like 'amends_replay_%'")


def test_posts_that_are_what_came_are_good_and_nothing_is_left_behind(stored: Pool, env: Mapping[str, str]) -> None:
    code, told = replay(env)
    assert (code, told["good"], told["entries"], told["posts"]["same"]) == (0, True, 3, 3)
    assert databases(stored) == []


def test_a_changed_post_ends_with_one_and_is_named(stored: Pool, env: Mapping[str, str]) -> None:
    with stored.transaction() as conn:
        execute(conn, "update posts set text = 'My bag is found' where external_id = '1'")
    code, told = replay(env)
    assert (code, told["good"], told["posts"]["differ"]) == (1, False, 1)
    assert "post 1: text" in told["posts"]["differences"][0]


def test_the_rebuilt_posts_are_kept_on_request(stored: Pool, env: Mapping[str, str], server: Server) -> None:
    assert replay(env, "--keep")[0] == 0
    [name] = databases(stored)
    server.drop(name)
