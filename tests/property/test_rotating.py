"""Tokens that are good once: whatever several workers do in whatever order, none is used up twice, and a lost answer is told as such."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Pool, execute
from amends.core.errors import CredentialsRefused, NetworkError, RateLimited, Unreachable
from amends.core.rotating import BUSY, EARLY, Rotation
from amends.core.tokens import Made
from amends.inbox.actions.accounts import open_account
from amends.inbox.actions.memories import LEASE, Memories
from amends.inbox.actions.sources import change_credentials
from amends.inbox.rules.ids import SourceId
from amends.inbox.store import sources
from tests.cast import NOON, SECRET_KEY, a_source
from tests.often import few

LIFE = timedelta(hours=2)


class Killed(BaseException):
    """The process is gone."""


class Network:
    """A network whose refresh tokens are good once; `during` is what happens while it answers."""

    def __init__(self) -> None:
        self.now = NOON
        self.good = "r0"
        self.refused: list[str] = []
        self.lost = False
        self.during: list[str] = []
        self._numbers = count(1)

    def ask(self, refresh: str) -> Made:
        loss = self.during.pop(0) if self.during else ""
        if loss == "before":
            raise Killed
        if loss == "away":
            raise Unreachable
        if refresh != self.good:
            self.refused.append(refresh)
            raise CredentialsRefused("no such token")
        number = next(self._numbers)
        self.good = f"r{number}"
        self.lost |= bool(loss)
        if loss == "after":
            raise Killed
        if loss == "unheard":
            raise Unreachable
        return Made(value=f"a{number}", ends_at=self.now + LIFE, renewed=self.good)

    def takes(self, token: str) -> bool:
        """Tell whether `token` is of the newest pair, as strict as a network can be."""
        return token == f"a{self.good.removeprefix('r')}"


@pytest.fixture
def source_id(pool: Pool) -> SourceId:
    with pool.transaction() as conn:
        return a_source(conn)


def a_worker(pool: Pool, source_id: SourceId, network: Network, ask: Callable[[str], Made] | None = None) -> Rotation:
    """Return the tokens as a process sees them that has just begun."""
    with pool.transaction() as conn:
        found = sources.find(conn, source_id=source_id)
    assert found is not None
    account = Memories(pool=pool, secret_key=SECRET_KEY).lent(found.account, open_account(found, secret_key=SECRET_KEY))
    return Rotation(account, lambda: network.now, ask or network.ask)


def sign_in(pool: Pool, source_id: SourceId, refresh: str) -> None:
    """Let the account's owner sign in, on a source of which nothing is left from the example before."""
    with pool.transaction() as conn:
        execute(conn, "update sources set memory = null, renewing_until = null where id = %(id)s", {"id": source_id})
        new = {"refresh_token": refresh}
        change_credentials(conn, source_id=source_id, credentials=new, secret_key=SECRET_KEY, agent_id=None, now=NOON)


def shown_by(worker: Rotation) -> str | None:
    """Return the token that a worker shows; nothing where it has none now, None where it was killed."""
    try:
        return worker.value()
    except Killed:
        return None
    except NetworkError:
        return ""


def is_replaced(network: Network, worker: Rotation) -> bool:
    """Tell whether a worker whose token was refused gets one that is not, or comes back later."""
    try:
        return network.takes(worker.instead())
    except RateLimited:
        return True


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from([0, 1, 115, 119, 130]), st.sampled_from(["", "", "", "before", "away", "after", "unheard"])
    ),
    max_size=12,
)


@settings(max_examples=few(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_workers_that_begin_crash_and_wait_use_no_token_up_twice(
    pool: Pool, source_id: SourceId, steps: list[tuple[int, int, str]]
) -> None:
    network = Network()
    sign_in(pool, source_id, "r0")
    workers = [a_worker(pool, source_id, network) for _ in range(3)]
    for which, minutes, loss in steps:
        network.now += timedelta(minutes=minutes)
        network.during = [loss]
        shown = shown_by(workers[which])
        if shown is None:
            workers[which] = a_worker(pool, source_id, network)
        network.during = []
        assert network.lost or not network.refused
        assert network.lost or not shown or network.takes(shown) or is_replaced(network, workers[which])
    network.now += LEASE
    if network.lost:
        sign_in(pool, source_id, network.good)
    assert network.takes(a_worker(pool, source_id, network).value())


def test_while_one_worker_asks_another_shows_the_old_token_or_comes_back_later(pool: Pool, source_id: SourceId) -> None:
    network = Network()
    sign_in(pool, source_id, "r0")
    second = a_worker(pool, source_id, network)
    said: list[object] = []

    def meanwhile(refresh: str) -> Made:
        try:
            said.append(second.value())
        except RateLimited as error:
            said.append(str(error))
        return network.ask(refresh)

    asking = a_worker(pool, source_id, network, meanwhile)
    assert (asking.value(), said) == ("a1", [BUSY])
    assert second.value() == "a1"
    network.now += LIFE - EARLY
    assert (asking.value(), said[1:]) == ("a2", ["a1"])
    assert (second.value(), network.refused) == ("a2", [])


def test_an_answer_that_nobody_stored_is_announced_as_to_sign_in_again(pool: Pool, source_id: SourceId) -> None:
    network = Network()
    sign_in(pool, source_id, "r0")
    network.during = ["after"]
    with pytest.raises(Killed):
        a_worker(pool, source_id, network).value()
    with pytest.raises(RateLimited):
        a_worker(pool, source_id, network).value()
    network.now += LEASE
    with pytest.raises(CredentialsRefused, match="sign in on the network again, on the page Sources"):
        a_worker(pool, source_id, network).value()


def test_a_worker_that_is_overtaken_keeps_what_the_faster_one_stored(pool: Pool, source_id: SourceId) -> None:
    network = Network()
    sign_in(pool, source_id, "r0")

    def overtaken(refresh: str) -> Made:
        network.now += LEASE
        assert a_worker(pool, source_id, network).value() == "a1"
        return network.ask(refresh)

    with pytest.raises(Unreachable):
        a_worker(pool, source_id, network, overtaken).value()
    assert a_worker(pool, source_id, network).value() == "a1"


def test_who_still_has_the_credentials_of_before_writes_over_no_newer_ones(pool: Pool, source_id: SourceId) -> None:
    network = Network()
    sign_in(pool, source_id, "earlier")
    left = a_worker(pool, source_id, network, lambda _: Made(value="old", ends_at=network.now + LIFE, renewed="older"))
    sign_in(pool, source_id, "r0")
    assert a_worker(pool, source_id, network).value() == "a1"
    with pytest.raises(RateLimited):
        left.value()
    assert a_worker(pool, source_id, network).value() == "a1"
