"""Keeps what a collector wants to remember over restarts (a session), as secret as the credentials that it was got with.

It comes while the network is being asked, when no door has a transaction open; so this opens its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from amends.core.database import DatabaseError, Pool
from amends.core.errors import SettingsWrong
from amends.core.log import logger
from amends.core.ports import Account
from amends.core.secrets import seal, unseal
from amends.inbox.store import sources
from amends.inbox.store.sources import SealedAccount

log = logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Memories:
    """The memories of all sources."""

    pool: Pool
    secret_key: str = field(repr=False)

    def lent(self, sealed: SealedAccount, account: Account) -> Account:
        """Return the opened account with its memory; one of other credentials is none."""
        return replace(account, memory=self._recalled(sealed, account), remember=partial(self._keep, sealed, account))

    def _recalled(self, sealed: SealedAccount, account: Account) -> str:
        with self.pool.transaction() as conn:
            found = sources.memory(conn, source_id=sealed.source_id)
        try:
            told = unseal(found, self.secret_key) if found else {}
        except SettingsWrong:
            return ""
        return told["memory"] if told.get("of") == _mark(account) else ""

    def _keep(self, sealed: SealedAccount, account: Account, memory: str) -> None:
        """Store a memory; one that cannot be stored costs a sign-in, and nothing else."""
        kept = seal({"memory": memory, "of": _mark(account)}, self.secret_key)
        try:
            with self.pool.transaction() as conn:
                sources.set_memory(conn, source_id=sealed.source_id, memory=kept)
        except DatabaseError as error:
            log.warning("memory_not_kept", trouble=type(error).__name__)


def _mark(account: Account) -> str:
    """Return what tells these credentials from all others."""
    given: Mapping[str, str] = account.credentials
    return hashlib.sha256(json.dumps([account.handle, dict(given)], sort_keys=True).encode()).hexdigest()
