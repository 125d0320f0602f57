"""The words that scripts say, laid into every page as a block of data (`#texts`), which `static/texts.js` reads."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from amends.core.translating import _, ngettext, speaking, spoken
from amends.core.written import locale, months, patterns

ENOUGH = 200
"""No plural form of our languages waits for a larger number to show, save those of millions, which `other` stands for."""


def texts() -> dict[str, Any]:
    """Return the language's tag for `Intl`, its months, and every text by its key: a string, or one per plural category."""
    return _texts(spoken())


@cache
def _texts(language: str) -> dict[str, Any]:
    with speaking(language):
        return {"locale": str(locale()).replace("_", "-"), "months": months(), "texts": _words() | _times()}


def _words() -> dict[str, Any]:
    return {
        "undo": _("Undo (u)"),
        "nothing_to_undo": _("There is nothing to take back"),
        "server_odd": _("The server did not answer as it should."),
        "server_away": _("The server cannot be reached. What you wrote is kept here."),
        "picture_away": _("The server cannot be reached. Add the picture again in a moment."),
        "said_already": _("Somebody has said so already."),
        "new_in_case": _("There is something new in the open case."),
        "not_connected": _("Not connected. The list stands still until the server is back; what you write is kept."),
        "new_rows": _forms(lambda n: ngettext("%(shown)s new. Show", "%(shown)s new. Show", n)),
        "new_rows_said": _forms(
            lambda n: ngettext(
                "%(shown)s new case above the list; the full stop shows it",
                "%(shown)s new cases above the list; the full stop shows them",
                n,
            )
        ),
        "more_rows": _("There is more. Show"),
        "left_view": _("no longer in this view"),
        "too_long": _forms(lambda n: ngettext("%(n)s too long", "%(n)s too long", n)),
        "length": _("%(length)s of %(most)s"),
        "as_posts": _forms(lambda n: ngettext("Send as %(n)s post", "Send as %(n)s posts", n)),
    }


def _times() -> dict[str, Any]:
    """Return how `core.written` says times, so that a page that stays open goes on in the same words.

    Days too: Chromium knows none of Sinhala, and calls November "M11" in Punjabi.
    """
    return patterns() | {
        "seconds": _("%(n)s s"),
        "minutes": _("%(n)s min"),
        "hours": _("%(n)s h"),
        "hours_minutes": _("%(hours)s h %(minutes)s min"),
        "days": _forms(lambda n: ngettext("%(n)s d", "%(n)s d", n)),
        "days_hours": _("%(days)s d %(hours)s h"),
        "ago": _("%(length)s ago"),
        "in": _("in %(length)s"),
        "now": _("now"),
        "just_now": _("just now"),
        "day_time": _("%(day)s, %(time)s"),
    }


def _forms(said: Callable[[int], str]) -> Mapping[str, str]:
    """Return the text for each plural category of the language that is spoken, as `Intl.PluralRules` names them."""
    category = locale().plural_form
    return {category(n): said(n) for n in range(ENOUGH, -1, -1)} | {"other": said(ENOUGH)}
