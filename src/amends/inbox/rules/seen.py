"""Whether a form still speaks of what its writer saw: in another tab, or by a colleague, the same may have been changed since."""

from dataclasses import fields
from hashlib import sha256
from json import dumps

from amends.core.errors import Conflict
from amends.core.translating import _


def mark(shown: object) -> str:
    """Return what tells something as a form shows it from the same changed since; for what does not keep when it was changed."""
    return sha256(dumps(shown, default=str).encode()).hexdigest()


def mark_by(form: type, shown: object) -> str:
    """Return the `mark` of what a form holds of something: the fields of the dataclass `form`, whatever else is kept of it."""
    return mark([getattr(shown, one.name) for one in fields(form)])


def check_seen(seen: str, *, as_it_is: str) -> None:
    """Raise `Conflict` where something is not any more as its writer saw it; programs say nothing of it (empty) and write over."""
    if seen and seen != as_it_is:
        raise Conflict(_("Somebody was faster"))
