"""Keeps what a collector wants to remember over restarts (a session), as secret as the credentials that it was got with.

It comes while the network is being asked, when no door has a transaction open; so this opens its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from amends.core.database import DatabaseError, Pool
from amends.core.errors import NetworkError, SettingsWrong, Unreachable
from amends.core.log import logger
from amends.core.ports import Account
from amends.core.remembering import Make
from amends.core.secrets import seal, unseal
from amends.inbox.store import sources
from amends.inbox.store.sources import Renewal, SealedAccount

log = logger(__name__)

LEASE = timedelta(minutes=2)
"""A token address answers within 40 seconds or not at all; a claim that outlives its worker is free again after this."""
MEANWHILE = "Somebody else signed in meanwhile; we go on with what they got."


@dataclass(frozen=True, kw_only=True, slots=True)
class Memories:
    """The memories of all sources."""

    pool: Pool
    secret_key: str = field(repr=False)

    def lent(self, sealed: SealedAccount, account: Account) -> Account:
        """Return the opened account with its memory; one of other credentials is none."""
        with self.pool.transaction() as conn:
            found = sources.memory(conn, source_id=sealed.source_id)
        return replace(
            account,
            memory=self._told(found, account),
            remember=partial(self._keep, sealed, account),
            renew=partial(self._renew, sealed, account),
        )

    def _told(self, found: bytes | None, account: Account) -> str:
        """Return what a sealed memory says to who has these credentials."""
        try:
            told = unseal(found, self.secret_key) if found else {}
        except SettingsWrong:
            return ""
        return told["memory"] if told.get("of") == _mark(account) else ""

    def _sealed(self, memory: str, account: Account) -> bytes:
        return seal({"memory": memory, "of": _mark(account)}, self.secret_key)

    def _keep(self, sealed: SealedAccount, account: Account, memory: str) -> None:
        """Store a memory; one that cannot be stored costs a sign-in, and nothing else."""
        try:
            with self.pool.transaction() as conn:
                sources.set_memory(conn, source_id=sealed.source_id, memory=self._sealed(memory, account))
        except DatabaseError as error:
            log.warning("memory_not_kept", trouble=type(error).__name__)

    def _renew(self, sealed: SealedAccount, account: Account, make: Make, now: datetime) -> str | None:
        """Return what `make` makes of the newest memory, stored; None where another worker makes one right now, or somebody signed in anew.

        A worker that dies between the network's answer and the storing loses what it was given; the claim ends by itself, and who comes
        next finds that the network refuses the old secret.
        """
        with self.pool.transaction() as conn:
            claim = sources.claim_renewal(conn, sealed, now=now, until=now + LEASE)
        if claim is None:
            return None
        known = self._told(claim.memory, account)
        try:
            made = make(known)
        except NetworkError as error:
            self._end(claim, claim.memory, error)
            raise
        self._end(claim, claim.memory if made == known else self._sealed(made, account))
        return made

    def _end(self, claim: Renewal, memory: bytes | None, cause: NetworkError | None = None) -> None:
        """Store a memory and let go of the claim; `Unreachable` where somebody else stored another one, whatever became of ours."""
        with self.pool.transaction() as conn:
            stored = sources.end_renewal(conn, claim, memory=memory)
        if not stored:
            raise Unreachable(MEANWHILE) from cause


def _mark(account: Account) -> str:
    """Return what tells these credentials from all others."""
    given: Mapping[str, str] = account.credentials
    return hashlib.sha256(json.dumps([account.handle, dict(given)], sort_keys=True).encode()).hexdigest()
