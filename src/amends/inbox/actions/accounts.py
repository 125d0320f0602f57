"""Opens the sealed account of a job for the moment in which its collector is built."""

from collections.abc import Mapping
from typing import Protocol

from amends.core.ports import Account
from amends.core.secrets import unseal


class Sealed(Protocol):
    """Anything that carries a source's account: `WatchJob`, `ReplyJob`, `ProofJob`, a source."""

    @property
    def handle(self) -> str: ...  # noqa: D102
    @property
    def credentials(self) -> bytes: ...  # noqa: D102
    @property
    def options(self) -> Mapping[str, str]: ...  # noqa: D102


def open_account(sealed: Sealed, *, secret_key: str) -> Account:
    """Return the account with its credentials in clear; `SettingsWrong` where `secret_key` is not the one that sealed them."""
    return Account(handle=sealed.handle, credentials=unseal(sealed.credentials, secret_key), options=sealed.options)
