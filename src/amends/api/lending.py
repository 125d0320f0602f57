"""Builds a collector for a page that asks a network at once: with the source's credentials, and with what its collectors remember."""

from amends.api.desk import Desk
from amends.collectors import build
from amends.core.ports import Collector
from amends.inbox.actions.accounts import open_account
from amends.inbox.actions.memories import Memories
from amends.inbox.store.sources import SealedAccount


def collector_of(desk: Desk, account: SealedAccount) -> Collector:
    """Return the collector of an account of ours."""
    opened = open_account(account, secret_key=desk.secret_key)
    return build(account.network, Memories(pool=desk.pool, secret_key=desk.secret_key).lent(account, opened), desk.clock)
