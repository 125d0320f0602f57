"""Read foreign JSON without believing it: each function returns the value where it has the right shape, else a harmless empty one.

Used by the collectors on the way from a network's body to a `Post`. Nothing here raises for a value, however odd.
"""

import math
import re
from datetime import UTC, datetime

LONGEST_NUMBER = 30
MOST_STARS = 5
FARTHEST_NUMBER = 1e11
FARTHEST_WHOLE = 2**63
HALF_SURROGATE = re.compile("[\ud800-\udfff]")
WEB_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)


def mapping(value: object) -> dict[str, object]:
    """Return `value` where it is a JSON object, else an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return `value` where it is a JSON array, else an empty one."""
    return list(value) if isinstance(value, list) else []


def mappings(value: object) -> list[dict[str, object]]:
    """Return the JSON objects in the array `value`; what else is in it falls out."""
    return [mapping(item) for item in sequence(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """Return `value` where it is a string, without NUL and with U+FFFD for half surrogates, which no database takes."""
    if not isinstance(value, str):
        return ""
    return HALF_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\x00", ""))


def name(value: object) -> str:
    """Return an id: a string as it is, a whole number in digits, else nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value).strip()


def whole(value: object) -> int | None:
    """Return a whole number, also from its digits in a string; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < FARTHEST_WHOLE else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and abs(value) < FARTHEST_WHOLE else None
    digits = text(value).strip()
    read = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < LONGEST_NUMBER else None
    return read if read is None or read < FARTHEST_WHOLE else None


def number(value: object) -> float | None:
    """Return a finite number that is not negative, also from its digits in a string; None for anything else."""
    try:
        read = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) and 0 <= read < FARTHEST_NUMBER else None


def stars(value: object) -> str:
    """Return a rating of one to five as people see it, empty where it is none."""
    full = min(max(round(number(value) or 0), 0), MOST_STARS)
    return "★" * full + "☆" * (MOST_STARS - full) if full else ""


def link(value: object) -> str:
    """Return `value` where it is a web address (http or https), else nothing; so no screen ever links to a script."""
    address = text(value).strip()
    return address if WEB_ADDRESS.match(address) else ""


def moment(value: object) -> datetime | None:
    """Return a moment in UTC from ISO 8601 or from seconds since 1970; None where it is neither."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, tz=UTC)
        read = datetime.fromisoformat(text(value))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
