"""What a collector remembers survives a restart, belongs to its credentials, and is sealed as they are."""

from collections.abc import Callable

import pytest

from amends.core.database import Pool, fetch_values
from amends.core.ports import Account, Collector
from amends.inbox.actions.sources import change_credentials
from amends.inbox.store import sources
from amends.inbox.store.sources import SealedAccount
from amends.worker.lending import Collectors
from tests.cast import NOON, SECRET_KEY, a_source
from tests.fakes import FakeNetwork


@pytest.fixture
def sealed(pool: Pool) -> Callable[[], SealedAccount]:
    with pool.transaction() as conn:
        source_id = a_source(conn)

    def read() -> SealedAccount:
        with pool.transaction() as conn:
            found = sources.find(conn, source_id=source_id)
        assert found is not None
        return found.account

    return read


def built(pool: Pool, sealed: SealedAccount, secret_key: str = SECRET_KEY) -> Account:
    """Return the account that a process gets which has just begun."""
    accounts: list[Account] = []

    def build(_: str, account: Account) -> Collector:
        accounts.append(account)
        return FakeNetwork()

    with Collectors(secret_key, build=build, pool=pool).lent(sealed):
        return accounts[0]


def test_a_new_process_goes_on_with_the_session_of_the_old_one(pool: Pool, sealed: Callable[[], SealedAccount]) -> None:
    first = built(pool, sealed())
    assert first.memory == ""
    first.remember("the session")
    assert built(pool, sealed()).memory == "the session"
    assert "the session" not in repr(built(pool, sealed()))


def test_a_session_is_forgotten_with_the_credentials_that_it_was_got_with(pool: Pool, sealed: Callable[[], SealedAccount]) -> None:
    built(pool, sealed()).remember("the session")
    with pool.transaction() as conn:
        change_credentials(conn, source_id=sealed().source_id, credentials={"token": "t-2"}, secret_key=SECRET_KEY, agent_id=None, now=NOON)
    assert built(pool, sealed()).memory == ""


def test_a_session_lies_sealed(pool: Pool, sealed: Callable[[], SealedAccount]) -> None:
    built(pool, sealed()).remember("the session")
    with pool.transaction() as conn:
        [kept] = fetch_values(conn, "select memory from sources")
    assert b"session" not in bytes(kept)
