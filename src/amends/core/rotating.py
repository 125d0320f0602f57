"""Keep a token whose refresh token is good once: many workers show one pair, and one of them at a time asks for the next.

Place in the path: collector -> `Rotation.value` -> `Account.renew` (one worker of all) -> the network's token address -> stored -> used.
What is asked for is stored before it is used, so a crash loses a pair at most between the network's answer and the storing; then the
network refuses the old refresh token, and the account's owner has to sign in there again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import CredentialsRefused, RateLimited, Unreachable
from amends.core.ports import Account
from amends.core.tokens import Made

EARLY = timedelta(minutes=5)
PAUSE = timedelta(seconds=5)
USED_UP = "Our refresh token, which is good once, is taken no longer: sign in on the network again, on the page Sources. It said: %s"
BUSY = "Another worker is getting new tokens right now."


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """An access token, when it ends, and the refresh token that makes the next pair, once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime
    scope: str = ""

    def encode(self) -> str:
        """Return it as a text for the memory of an account."""
        return json.dumps({"access": self.access, "refresh": self.refresh, "ends_at": self.ends_at.isoformat(), "scope": self.scope})


def decoded(memory: str) -> Pair | None:
    """Return the pair that a memory holds, None where it holds none."""
    try:
        told = reading.mapping(json.loads(memory or "{}"))
    except ValueError:
        return None
    access, refresh, ends_at = reading.text(told.get("access")), reading.text(told.get("refresh")), reading.moment(told.get("ends_at"))
    if not access or not refresh or ends_at is None:
        return None
    return Pair(access=access, refresh=refresh, ends_at=ends_at, scope=reading.text(told.get("scope")))


class Rotation:
    """The token of an account; `ask` trades a refresh token for the next pair, `CredentialsRefused` where the network does not."""

    def __init__(self, account: Account, clock: Clock, ask: Callable[[str], Made]) -> None:
        self._account = account
        self._clock = clock
        self._ask = ask
        self._pair = decoded(account.memory)

    @property
    def scope(self) -> str:
        """The rights of the token that was shown last, in the network's words."""
        return self._pair.scope if self._pair else ""

    def value(self) -> str:
        """Return a token that is good now; while the next pair cannot be had, the old one serves to its end."""
        pair = self._pair
        if pair and not self._ends(pair):
            return pair.access
        try:
            return self._renewed(self._ends)
        except (Unreachable, RateLimited):
            if pair is None or pair.ends_at <= self._clock():
                raise
            return pair.access

    def instead(self) -> str:
        """Return another token than the one that was shown last, since the network refused that."""
        refused = self._pair
        return self._renewed(lambda newest: refused is not None and newest.access == refused.access)

    def _ends(self, pair: Pair) -> bool:
        return pair.ends_at - EARLY <= self._clock()

    def _renewed(self, is_over: Callable[[Pair], bool]) -> str:
        """Return the token of the newest pair that is stored, or of a new one where that `is_over`."""
        now = self._clock()
        pair = decoded(self._account.renew(partial(self._made, is_over), now) or "")
        if pair is None:
            raise RateLimited(BUSY, until=now + PAUSE)
        self._pair = pair
        return pair.access

    def _made(self, is_over: Callable[[Pair], bool], memory: str) -> str:
        newest = decoded(memory) or self._pair
        if newest and not is_over(newest):
            return newest.encode()
        refresh = newest.refresh if newest else self._account.credentials.get("refresh_token", "").strip()
        try:
            made = self._ask(refresh)
        except CredentialsRefused as refusal:
            raise CredentialsRefused(USED_UP % refusal) from refusal
        return Pair(access=made.value, refresh=made.renewed or refresh, ends_at=made.ends_at, scope=made.scope).encode()
