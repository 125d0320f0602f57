"""Why a row of an import was refused, or kept when the import was taken back, in words: on its page, and in the terminal."""

from collections.abc import Mapping

from amends.core.translating import N_, _

REASONS: Mapping[str, str] = {
    "again": N_("the same person as in line %(detail)s"),
    "several": N_("several customers have this address; give the number in their system"),
    "erased": N_("this person asked to be erased; they are not brought back"),
    "used": N_("used since: kept as it is"),
    "changed since": N_("changed since, kept: %(detail)s"),
}


def reason(word: str, detail: str) -> str:
    """Return why a row was refused or kept, in words."""
    return _(REASONS[word]) % {"detail": detail} if word in REASONS else word
