"""Letters to colleagues about their accounts, by the installation's own mail server (`AMENDS_MAIL_URL`)."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from amends.core.ports import Message
from amends.core.translating import gettext as _
from amends.inbox.notifiers import email


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One letter: a subject, what it says, and the link that it is about."""

    to: str
    subject: str
    text: str
    url: str
    button: str


def send(letter: Letter, *, mail_url: str, now: datetime) -> None:
    """Hand the letter to the mail server; `DeliveryError` where it was not taken. Call it outside the transaction."""
    message = Message(
        key=f"account-{token_hex(12)}", title=letter.subject, body=f"{letter.text}\n\n{letter.url}", url=letter.url, severity="", facts={}
    )
    email.mailbox(mail_url, to=(letter.to,), clock=lambda: now, button=letter.button).deliver(message)


def invitation(*, to: str, inviter: str, url: str) -> Letter:
    """Return the letter that invites somebody."""
    text = _("%(name)s invites you to the inbox in which your company answers its customers. The link works once, for seven days.")
    return Letter(to=to, subject=_("You are invited to Amends"), text=text % {"name": inviter}, url=url, button=_("Choose your password"))


def new_password(*, to: str, url: str) -> Letter:
    """Return the letter for somebody who forgot their password."""
    text = _(
        "Somebody, hopefully you, asked for a new password. The link works once, for one hour. If it was not you, there is nothing to do."
    )
    return Letter(to=to, subject=_("A new password for Amends"), text=text, url=url, button=_("Choose a new password"))
