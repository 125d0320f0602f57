"""What lies sealed opens with the newest key and with those before it, and can be sealed anew."""

import pytest

from amends.core.errors import SettingsWrong
from amends.core.secrets import seal, seal_anew, unseal

OLD, NEW = "the old key of this desk", "thenewkeyofthisdesk"


def test_what_the_old_key_sealed_opens_while_both_are_named() -> None:
    sealed = seal({"token": "x"}, OLD.replace(" ", ""))
    assert unseal(sealed, f"{NEW} {OLD.replace(' ', '')}") == {"token": "x"}


def test_the_first_key_seals() -> None:
    assert unseal(seal({"token": "x"}, f"{NEW} old-key-of-the-desk"), NEW) == {"token": "x"}


def test_sealed_anew_it_opens_with_the_new_key_alone() -> None:
    sealed = seal_anew(seal({"token": "x"}, "old-key-of-the-desk"), f"{NEW} old-key-of-the-desk")
    assert unseal(sealed, NEW) == {"token": "x"}
    with pytest.raises(SettingsWrong):
        unseal(sealed, "old-key-of-the-desk")


def test_what_no_key_opens_is_said_and_stays() -> None:
    with pytest.raises(SettingsWrong, match="restore the old key"):
        seal_anew(seal({"token": "x"}, "another key altogether"), NEW)
