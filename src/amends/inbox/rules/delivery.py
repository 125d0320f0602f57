"""When an alert that did not arrive is tried again: soon at first, then hourly for a day; and the words for why it did not. Pure."""

from datetime import datetime, timedelta

from amends.core.translating import N_

FIRST_WAITS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
LATER_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)

SILENT = N_("no answer (%(what)s)")
ANSWERED = N_("the receiver answers %(status)s")
MAIL_SILENT = N_("the mail server does not answer (%(what)s)")
MAIL_ANSWERED = N_("the mail server answers %(status)s %(words)s")
TEXTS = (SILENT, ANSWERED, MAIL_SILENT, MAIL_ANSWERED)
"""Why a channel did not take it; kept in English, and screens recognise it."""


def next_try(*, attempts: int, raised_at: datetime, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` tries, or None where a day has passed since the alert was raised."""
    if now - raised_at >= GIVE_UP_AFTER:
        return None
    wait = FIRST_WAITS[attempts - 1] if 1 <= attempts <= len(FIRST_WAITS) else LATER_WAIT
    return now + wait
