"""Letters to colleagues about their accounts, by the installation's own mail server (`AMENDS_MAIL_URL`)."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from amends.core.ports import Message
from amends.core.translating import gettext as _
from amends.core.translating import spoken
from amends.inbox.notifiers import email


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One letter: a subject, what it says in which language, and the link that it is about."""

    to: str
    subject: str
    text: str
    url: str
    button: str
    language: str


def send(letter: Letter, *, mail_url: str, now: datetime) -> None:
    """Hand the letter to the mail server; `DeliveryError` where it was not taken. Call it outside the transaction."""
    message = Message(
        key=f"account-{token_hex(12)}", title=letter.subject, body=f"{letter.text}\n\n{letter.url}", url=letter.url, severity="", facts={}
    )
    box = email.mailbox(mail_url, to=(letter.to,), clock=lambda: now, button=letter.button, language=letter.language)
    box.deliver(message)


def invitation(*, to: str, inviter: str, url: str) -> Letter:
    """Return the letter that invites somebody."""
    text = _("%(name)s invites you to the inbox in which your company answers its customers. The link works once, for seven days.")
    subject, button = _("You are invited to Amends"), _("Choose your password")
    return Letter(to=to, subject=subject, text=text % {"name": inviter}, url=url, button=button, language=spoken())


def new_password(*, to: str, url: str) -> Letter:
    """Return the letter for somebody who forgot their password."""
    text = _(
        "Somebody, hopefully you, asked for a new password. The link works once, for one hour. With it all your sessions end, and your "
        "API tokens unless you say otherwise. If it was not you, there is nothing to do."
    )
    subject, button = _("A new password for Amends"), _("Choose a new password")
    return Letter(to=to, subject=subject, text=text, url=url, button=button, language=spoken())
