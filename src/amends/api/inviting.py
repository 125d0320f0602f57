"""Tells an invited person by mail, and the administrator by a link that is shown once; shared by the page People and REST."""

from dataclasses import dataclass

from amends.api.desk import Desk
from amends.api.entering import our_address
from amends.core.errors import DeliveryError, Refused
from amends.core.translating import gettext as _
from amends.inbox.actions import letters
from amends.inbox.actions.invitations import Invited


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A link that is shown once, and a sentence about it; `mailed` where a letter went out."""

    sentence: str
    url: str
    mailed: bool = False


def tell_invited(desk: Desk, made: Invited, *, inviter: str) -> Told:
    """Send the invitation where there is a mail server, and return its link in any case. Call it outside the transaction."""
    url, mail_url = our_address(desk, f"/invitation?key={made.token}"), desk.settings.mail_url.get_secret_value()
    if not mail_url:
        return Told(sentence=_("No mail server is set. Pass this link on to %(email)s yourself.") % {"email": made.email}, url=url)
    try:
        letters.send(letters.invitation(to=made.email, inviter=inviter, url=url), mail_url=mail_url, now=desk.clock())
    except (DeliveryError, Refused) as error:
        words = _("The letter to %(email)s did not go out (%(reason)s). Pass this link on yourself.")
        return Told(sentence=words % {"email": made.email, "reason": error}, url=url)
    return Told(sentence=_("A letter to %(email)s is on its way. This is the same link.") % {"email": made.email}, url=url, mailed=True)
