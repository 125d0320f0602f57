"""The words of follow-ups and surveys on our own screens."""

from amends.core.translating import N_, Table, gettext
from amends.inbox.rules.follow_up import Says
from amends.inbox.rules.surveys import Skip

SAYS = Table(
    {
        Says.HELD: N_("held"),
        Says.RELAPSED: N_("relapsed"),
        Says.SILENT: N_("silent"),
        Says.UNKNOWN: N_("nobody knows"),
        Says.DOUBT: N_("maybe about this"),
        Says.OTHER: N_("complained about something else"),
    }
)
SURVEYS = Table(
    {
        "planned": N_("to be asked"),
        "sending": N_("is being asked"),
        "sent": N_("asked by mail"),
        "proposed": N_("the question waits for approval"),
        "skipped": N_("not asked"),
        "cancelled": N_("not asked any more"),
        "answered": N_("answered"),
    }
)
_WHY = Table(
    {
        Skip.GOES_ON: N_("The case goes on."),
        Skip.ERASED: N_("The customer's record was erased."),
        Skip.DO_NOT_CONTACT: N_("The customer is not to be contacted."),
        Skip.ASKED_LATELY: N_("The customer was asked about another case within the last two weeks."),
        Skip.NO_CONSENT: N_("The customer has not agreed to be asked, or there is no address and no network on which we may."),
        Skip.NO_MAIL_SERVER: N_("The customer agreed to be asked by mail, but this installation has no mail server."),
        Skip.NOT_DELIVERED: N_("The question could not be delivered."),
    }
)


def noted(note: str) -> str:
    """Return the sentence about an outcome; what a colleague wrote stays as it is."""
    return gettext(note)


def why_not_asked(why: str) -> str:
    """Return why a survey did not go out, in a sentence; what a server said of it stands behind."""
    code, _, told = why.partition(":")
    known = next((skip for skip in Skip if skip == code), None)
    return " ".join(filter(None, (_WHY[known], told.strip()))) if known else why
