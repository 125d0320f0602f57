"""Opens the sealed account of a job for the moment in which its collector is built."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from amends.core.ports import Account
from amends.core.secrets import sign, unseal
from amends.inbox.store.sources import SealedAccount


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


def open_called(sealed: SealedAccount, *, secret_key: str) -> Account:
    """Return the account of a source that may be called, with the key by which it knows whom it asked to."""
    return replace(open_account(sealed, secret_key=secret_key), hook_key=sign(f"hooks of source {sealed.source_id}", secret_key))
