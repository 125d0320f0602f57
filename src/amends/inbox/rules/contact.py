"""The normal form of ways to reach somebody, so that one address is one address however it is written. Nothing here does I/O."""

import re
import unicodedata
from enum import StrEnum

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.customer_record import line, plain
from amends.inbox.rules.text import without_marks

LONGEST_EMAIL = 254
FEWEST_DIGITS, MOST_DIGITS = 5, 15
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}")
_PHONE = re.compile(r"\(?[+\d][\d\s().\-/]*")
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?\b|x|#)[\s.:=]*(\d{1,6})\Z", re.IGNORECASE)
_NO_DIGIT = re.compile(r"[^0-9]+")


class WayKind(StrEnum):
    """How somebody is reached beside their handles."""

    EMAIL = "email"
    PHONE = "phone"
    POST = "post"


def kept(kind: WayKind, value: str) -> str:
    """Return a way to reach somebody as it is shown: cleaned, otherwise as it was given."""
    if kind is WayKind.POST:
        return plain(value, 500)
    return line(unicodedata.normalize("NFKC", value)).removeprefix("tel:").removeprefix("mailto:")


def normal(kind: WayKind, value: str) -> str:
    """Return the form in which two ways are compared; `Refused` where this is none of its kind."""
    if kind is WayKind.EMAIL:
        return normal_email(value)
    return normal_phone(value) if kind is WayKind.PHONE else " ".join(kept(kind, value).casefold().split())


def normal_email(text: str) -> str:
    """Return an address in lower case, without the name and the brackets around it."""
    given = line(unicodedata.normalize("NFKC", text))
    bare = given.removeprefix("mailto:").rpartition("<")[2].removesuffix(">").strip().lower()
    if len(bare) > LONGEST_EMAIL or not _EMAIL.fullmatch(without_marks(bare)) or ".." in bare:
        raise Refused(_("“%(value)s” is no e-mail address.") % {"value": given[:100]})
    return _in_letters(bare) if "@xn--" in bare or ".xn--" in bare else bare


def _in_letters(address: str) -> str:
    """Return an address whose domain is written in ASCII (`xn--…`) as people write it."""
    name, _at, domain = address.rpartition("@")
    try:
        return f"{name}@{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def normal_phone(text: str) -> str:
    """Return a number as + and digits; one without its country's code as its digits alone, which is the same number nowhere else.

    An extension stands behind it (`;ext=12`): those who share a switchboard do not share a number.
    """
    given = line(unicodedata.normalize("NFKC", text)).removeprefix("tel:")
    abroad = given.lstrip("(").startswith(("+", "00"))
    whole, extension = _parted(given)
    national = whole.replace("(0)", "") if abroad else whole
    digits = _digits(national)
    digits = digits.removeprefix("00") if abroad else digits
    if not _PHONE.fullmatch(national) or not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise Refused(
            _("“%(value)s” is no phone number; write it with the country's code, such as +94 11 234 5678.") % {"value": given[:100]}
        )
    return (f"+{digits}" if abroad else digits) + (f";ext={extension}" if extension else "")


def _parted(text: str) -> tuple[str, str]:
    """Return a number without its extension, and the extension's digits."""
    found = _EXTENSION.search(text) if "x" in text or "X" in text or "#" in text else None
    return (text[: found.start()], _digits(found[1])) if found else (text, "")


def _digits(text: str) -> str:
    """Return the digits of any script as those of ours; of what is ASCII, which most numbers are, at less cost."""
    if text.isascii():
        return _NO_DIGIT.sub("", text)
    return "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())
