"""Lends out collectors, so that an account signs in once and not at every visit.

The networks' client libraries are not made for several threads, so a collector is in one pair of hands at a time.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock

from amends import collectors
from amends.core.database import Pool
from amends.core.errors import NetworkError, SettingsWrong, SourceUnfit, Unreachable
from amends.core.log import logger
from amends.core.network_words import Said
from amends.core.ports import Account, Collector
from amends.inbox.actions.accounts import open_called
from amends.inbox.actions.memories import Memories
from amends.inbox.store.sources import SealedAccount

log = logger(__name__)

Build = Callable[[str, Account], Collector]


def _key(account: SealedAccount) -> str:
    """What tells this account, with exactly these credentials and options, from every other."""
    known = [account.source_id, account.network, account.handle, bytes(account.credentials).hex(), dict(account.options)]
    return json.dumps(known, sort_keys=True)


class Collectors:
    """Collectors that are idle, by account; at most `keep` of them, the longest unused go first."""

    def __init__(self, secret_key: str, *, build: Build = collectors.build, keep: int = 64, pool: Pool | None = None) -> None:
        self._secret_key = secret_key
        self._memories = Memories(pool=pool, secret_key=secret_key) if pool else None
        self._build = build
        self._keep = keep
        self._lock = Lock()
        self._idle: OrderedDict[str, list[Collector]] = OrderedDict()

    @contextmanager
    def lent(self, account: SealedAccount) -> Generator[Collector]:
        """Yield a collector for `account`, idle or new; after an error it is thrown away, so that the next one signs in afresh.

        Only a `NetworkError` comes out: what else goes wrong in a collector is our own fault, counts as `Unreachable` and is logged, so
        that the work is put off with a growing pause instead of being tried without end.
        """
        try:
            collector = self._take(account) or self._make(account)
            yield collector
        except NetworkError:
            raise
        except SettingsWrong as error:
            raise SourceUnfit(str(error)) from error
        except Exception as error:
            log.exception("collector_broke")
            raise Unreachable(Said.BROKE, what=f"{type(error).__name__}: {error}") from error
        self._give_back(account, collector)

    def _make(self, account: SealedAccount) -> Collector:
        opened = open_called(account, secret_key=self._secret_key)
        return self._build(account.network, self._memories.lent(account, opened) if self._memories else opened)

    def _take(self, account: SealedAccount) -> Collector | None:
        with self._lock:
            idle = self._idle.get(_key(account))
            return idle.pop() if idle else None

    def _give_back(self, account: SealedAccount, collector: Collector) -> None:
        with self._lock:
            self._idle.setdefault(_key(account), []).append(collector)
            self._idle.move_to_end(_key(account))
            while sum(map(len, self._idle.values())) > self._keep:
                self._idle.popitem(last=False)
