"""What a cell that holds a day adds to a row: a birthday, an anniversary, another day by its kind, or an attribute. Pure.

Place in the path: `import_rows` chooses this for columns of days -> `Given.dates`, `Given.attributes`.
"""

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.customer_record import ATTRIBUTES, check_birthday, line
from amends.inbox.rules.import_dates import Day, Order, is_none, read_day
from amends.inbox.rules.import_fields import kind_of_day
from amends.inbox.rules.import_given import Given, Setter

LONGEST_NAME = 100


def day_setter(target: str, column: str, order: Order | None, year_now: int) -> Setter:
    """Return what adds the day of a cell; another day is called by its kind beside it, else by its column."""

    def put(found: Given, text: str) -> None:
        if is_none(text):
            return
        is_attribute = target.startswith(ATTRIBUTES)
        day = read_day(text, order, year_now=year_now, exactly=not is_attribute)
        if is_attribute:
            found.attributes[target.removeprefix(ATTRIBUTES)] = _whole(day)
        elif target == "other_date":
            name = line(found.label.strip("* ") or column.removesuffix(" - Value"), LONGEST_NAME)
            kind = kind_of_day(name)
            _add(found, kind, day, name if kind == "other" else "", year_now)
        else:
            _add(found, target, day, "", year_now)

    return put


def _whole(day: Day) -> str:
    month, day_, year = day
    if year is None:
        raise Refused(_("the year is missing"))
    return f"{year:04}-{month:02}-{day_:02}"


def _add(found: Given, kind: str, day: Day, name: str, year_now: int) -> None:
    """Add a day once; a second birthday is none."""
    if kind == "birthday":
        check_birthday(day[2], year_now=year_now)
        if any(own[0] == kind for own in found.dates):
            return
    new = (kind, *day, name)
    if new not in found.dates:
        found.dates.append(new)
