"""Asks one network who we are there: claim, network, record, each on its own. Place in the path: beat -> here -> standing of the source."""

from amends.core.errors import NetworkError
from amends.core.log import bound, logger
from amends.inbox.actions import standing
from amends.inbox.store.sources import SealedAccount
from amends.worker.context import Context

log = logger(__name__)


def check_one(at: Context) -> bool:
    """Ask for the standing that is due longest; False where none is due."""
    with at.pool.transaction() as conn:
        account = standing.claim_check(conn, now=at.clock())
    if account is None:
        return False
    with bound(source_id=account.source_id, network=account.network):
        _ask(at, account)
    return True


def _ask(at: Context, account: SealedAccount) -> None:
    try:
        with at.collectors.lent(account) as collector:
            found = collector.check()
    except NetworkError as error:
        log.warning("standing_not_told", trouble=type(error).__name__, words=str(error))
        with at.pool.transaction() as conn:
            standing.record_check_trouble(conn, account.source_id, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        standing.record_standing(conn, account.source_id, found, now=at.clock())
