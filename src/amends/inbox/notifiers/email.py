"""Alerts as e-mail over SMTP. Target: `smtp://user:password@host:port/?from=…&to=…` (STARTTLS where offered); `smtps://` for TLS.

`to` may name several addresses, divided by commas. `mailto://` is the same as `smtp://`. The Message-ID comes from the message's key, so
that a mailbox which gets the same alert twice can tell. Without `from` a letter is from the user, where that is an address, or from
`amends@` the server: never from whom it goes to.
"""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from amends.core.clock import Clock, utc_now
from amends.core.errors import DeliveryError, Refused
from amends.core.outward import check_host, outward_only
from amends.core.outward_telling import told_as_trouble
from amends.core.ports import Message
from amends.core.translating import N_, _
from amends.inbox.rules.delivery import MAIL_ANSWERED, MAIL_SILENT

SCHEMES = frozenset({"smtp", "smtps", "mailto"})
TIME_OUT = 10.0
PORTS = {"smtp": 25, "mailto": 25, "smtps": 465}
FINAL = 500
_FITS = '<meta name="viewport" content="width=device-width">'


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that goes with a letter; `media` is its type and subtype."""

    name: str
    media: str
    content: bytes


class _Outward(smtplib.SMTP):
    """Says nothing to a server inside our own network."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        check_host(host, port)
        return outward_only(super()._get_socket(host, port, timeout), host)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]


class _OutwardSsl(_Outward, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """A mail server and whom to write to; `html` stands for the small twin of the message where it is given."""

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    sender: str
    to: tuple[str, ...]
    clock: Clock
    time_out: float = TIME_OUT
    button: str = "Open the case"
    language: str = "en"
    unsubscribe: str = ""
    html: str = ""
    outward: bool = False
    enclosed: tuple[Enclosure, ...] = ()

    def deliver(self, message: Message) -> None:
        """Hand the mail to the server; a 5xx answer is final, everything else may be tried again.

        Where the server takes it for some of several addresses alone, that is a failure too: rather a double that its key tells than
        somebody who never hears.
        """
        try:
            with told_as_trouble(), self._connect() as server:
                self._secure(server)
                left_out = server.send_message(self._letter(message))
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryError(N_("every recipient was refused"), permanent=_all_final(error.recipients)) from error
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            why = MAIL_ANSWERED % {"status": error.smtp_code, "words": words}
            raise DeliveryError(why, permanent=error.smtp_code >= FINAL) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(MAIL_SILENT % {"what": type(error).__name__}) from error
        if left_out:
            status, words = min(left_out.values())
            why = MAIL_ANSWERED % {"status": status, "words": f"{words.decode(errors='replace')} ({', '.join(left_out)})"}
            raise DeliveryError(why, permanent=_all_final(left_out))

    def _connect(self) -> smtplib.SMTP:
        if self.tls:
            encrypted = _OutwardSsl if self.outward else smtplib.SMTP_SSL
            return encrypted(self.host, self.port, timeout=self.time_out, context=ssl.create_default_context())
        return (_Outward if self.outward else smtplib.SMTP)(self.host, self.port, timeout=self.time_out)

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if not self.tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if self.user:
            server.login(self.user, self.password)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = _one_line(message.title)
        letter["From"] = self.sender
        letter["To"] = ", ".join(self.to)
        letter["Date"] = format_datetime(self.clock())
        letter["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe:  # one press in the reader's own program: RFC 8058
            letter["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter.set_content(message.body)
        letter.add_alternative(self.html or html_of(message, self.button, self.language), subtype="html")
        for one in self.enclosed:
            kind, _slash, subtype = one.media.partition(";")[0].partition("/")
            letter.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
        return letter


def html_of(message: Message, button: str, language: str) -> str:
    """Return the small HTML twin of the message; everything in it is escaped."""
    lines = "<br>".join(_line(line, message.url) for line in message.body.splitlines())
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">{_FITS}<title>{escape(message.title)}</title>'
        f'<p style="font:600 16px sans-serif" dir="auto">{escape(message.title)}</p>'
        f'<p style="font:14px/1.8 sans-serif;overflow-wrap:anywhere" dir="auto">{lines}</p>'
        f'<p style="font:14px sans-serif"><a href="{escape(message.url, quote=True)}">{escape(button)}</a></p>'
    )


def _line(line: str, url: str) -> str:
    """Return a line; words with an address of the message's own behind them are a link, an address of anybody else never is."""
    words, _gap, address = line.partition("  ")
    if words and url and address.startswith(url):
        return f'<a href="{escape(address, quote=True)}">{escape(words)}</a>'
    return escape(line)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _all_final(refused: Mapping[str, tuple[int, bytes]]) -> bool:
    return all(code >= FINAL for code, _words in refused.values())


def _addresses(given: str) -> tuple[str, ...]:
    found = tuple(address.strip() for address in given.split(",") if address.strip())
    if not found or any("@" not in address or any(sign.isspace() or sign in "<>" for sign in address) for address in found):
        raise Refused(_("An e-mail channel needs addresses: smtp://host:port/?from=amends@example.com&to=care@example.com"))
    return found


def build(target: str, clock: Clock = utc_now, *, outward: bool = False) -> Mailbox:
    """Return the notifier for `smtp://…`, `smtps://…` or `mailto://…`."""
    to = _addresses(",".join(parse_qs(urlsplit(target).query).get("to", [])))
    return replace(mailbox(target, to=to, clock=clock), outward=outward)


def mailbox(
    target: str,
    *,
    to: tuple[str, ...],
    clock: Clock = utc_now,
    button: str = "Open the case",
    language: str = "en",
    unsubscribe: str = "",
) -> Mailbox:
    """Return the mail server that `target` names, writing to these addresses.

    `button` is what the link in a letter says, `language` that of the letter, `unsubscribe` the address by which mail programs stop such
    letters.
    """
    parts = urlsplit(target)
    if not parts.hostname:
        raise Refused(_("An e-mail channel needs a mail server: smtp://host:port/?from=…&to=…"))
    return Mailbox(
        host=parts.hostname,
        port=_port_of(target) or PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_addresses(parse_qs(parts.query).get("from", [_sender_of(parts)])[0])[0],
        to=to,
        clock=clock,
        button=button,
        language=language,
        unsubscribe=unsubscribe,
    )


def _sender_of(parts: SplitResult) -> str:
    """Return from whom letters are where the target does not say."""
    user = unquote(parts.username or "")
    return user if "@" in user else f"amends@{parts.hostname}"


def _port_of(target: str) -> int | None:
    try:
        return urlsplit(target).port
    except ValueError as error:
        raise Refused(_("The mail server's port is not a number between 1 and 65535.")) from error


def masked(target: str) -> str:
    """Return the server and the recipients; user and password stay hidden."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} → {', '.join(parse_qs(parts.query).get('to', []))}"
