"""Read a mailbox over IMAP with imap-tools: looked at, never changed, every failure a `NetworkError`.

Place in the path: `Mail.fetch` -> `opened` -> imap-tools -> the mail server. Folders are examined, not selected, so nothing is ever
marked as read by accident; imap-tools' own `flag` is not used, since it expunges.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from time import mktime

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError, UnexpectedCommandStatusError

from amends.collectors._mail_login import Login
from amends.core.errors import (
    AccessDenied,
    CredentialsRefused,
    NetworkError,
    QueryRefused,
    RateLimited,
    SourceUnfit,
    Unreachable,
)
from amends.core.network import SHORTEST_WAIT, TIME_OUT
from amends.core.network_words import Said
from amends.core.outward import NO_HOST
from amends.core.ports import Account
from amends.core.translating import N_

SECURITIES = ("ssl", "starttls", "plain")
PORTS = {"ssl": 993, "starttls": 143, "plain": 143}
LARGEST_MAIL = 8 * 1024 * 1024
"""Bytes of one mail that are fetched; what people write stands at its beginning, what they attach is named and not kept."""

LONGEST_WORDS = 300
WAIT_THROTTLED = timedelta(minutes=15)
THROTTLED = frozenset({"[LIMIT]", "[THROTTLED]", "[OVERQUOTA]", "[INUSE]"})
CODES: dict[str, type[NetworkError]] = {
    **dict.fromkeys(THROTTLED, RateLimited),
    **dict.fromkeys(("[UNAVAILABLE]", "[SERVERBUG]", "[CONTACTADMIN]"), Unreachable),
    "[AUTHENTICATIONFAILED]": CredentialsRefused,
    "[NOPERM]": AccessDenied,
}
UID, INTERNALDATE = re.compile(rb"\bUID (\d+)"), re.compile(rb'INTERNALDATE "[^"]+"')
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A mail as it lies in a folder."""

    uid: int
    received: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Folder:
    """An open connection that looks at folders."""

    box: BaseMailBox

    def look_at(self, name: str, *, to_mark: bool = False) -> int:
        """Open a folder and return its UIDVALIDITY."""
        if CONTROL.search(name):
            raise SourceUnfit(N_("The name of the folder has a sign that no folder has."))
        self.box.folder.set(name, readonly=not to_mark)
        told = self.box.client.response("UIDVALIDITY")[1]
        return int(told[0]) if told and told[0] and told[0].isdigit() else 0

    def uids_since(self, day: date) -> list[int]:
        """Return the numbers of the mails that came in on this day or later, the oldest first."""
        return self._uids(str(AND(date_gte=day)))

    def uids_after(self, uid: int) -> list[int]:
        """Return the numbers above `uid`, the oldest first; `n:*` always brings the last one, however small."""
        return [found for found in self._uids(f"UID {uid + 1}:*") if found > uid]

    def uids_of(self, message_id: str) -> list[int]:
        """Return the numbers of the mails with this Message-ID."""
        return self._uids(f"HEADER MESSAGE-ID {quoted(f'<{message_id}>')}")

    def uids_under(self, message_id: str) -> list[int]:
        """Return the numbers of the thread that begins with this Message-ID."""
        name = quoted(f"<{message_id}>")
        return self._uids(f"OR OR HEADER MESSAGE-ID {name} HEADER REFERENCES {name} HEADER IN-REPLY-TO {name}")

    def _uids(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self.box.uids(criteria, charset=None) if uid.isdecimal())

    def mail(self, uid: int) -> Found | None:
        """Return one mail, its first megabytes; None where it has gone meanwhile."""
        status, told = self.box.client.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{LARGEST_MAIL}>)")
        if status != "OK":
            raise Unreachable(Said.MAIL_NOT_SHOWN, said=_words(told))
        literals = [part for part in told if isinstance(part, tuple)]
        said = b" ".join(part[0] if isinstance(part, tuple) else part for part in told if part)
        number, moment = UID.search(said), imaplib.Internaldate2tuple(said) if INTERNALDATE.search(said) else None
        if not literals or number is None or moment is None:
            return None
        received = datetime.fromtimestamp(mktime(moment), tz=UTC)
        return Found(uid=int(number[1]), received=received, body=bytes(literals[0][1]))

    def mark_read(self, uids: Sequence[int]) -> None:
        """Mark mails as read, and do nothing else to them."""
        self.box.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")

    def sent_folder(self, told: str) -> str:
        """Return the folder of what was sent: as entered, else what the server calls so, else nothing."""
        if told:
            return told
        folders = self.box.folder.list()
        marked = [folder.name for folder in folders if "\\sent" in {flag.lower() for flag in folder.flags}]
        named = [folder.name for folder in folders if folder.name.lower() in {"sent", "sent items", "sent messages", "inbox.sent"}]
        return next(iter((*marked, *named)), "")


@contextmanager
def opened(login: Login) -> Generator[Folder]:
    """Yield a connection that is signed in; what goes wrong while it is open becomes a `NetworkError`."""
    secret = _secret(login)
    try:
        box = _connected(login.account)
        try:
            _sign_in(box, login, secret)
            yield Folder(box)
        finally:
            with suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
                box.logout()
    except (imaplib.IMAP4.error, ImapToolsError, OSError, UnicodeError) as error:
        raise error_of(error, login.clock()) from error


def _secret(login: Login) -> str:
    """Return what is shown with the user's name, a token or a password; `CredentialsRefused` where that cannot be."""
    secret = login.token() if login.by_token else login.password()
    if not login.user() or not secret:
        raise CredentialsRefused(N_("Enter the mailbox's user and password."))
    if CONTROL.search(login.user() + secret):
        raise CredentialsRefused(N_("The user or the password has a sign that none can have."))
    return secret


def _sign_in(box: BaseMailBox, login: Login, secret: str) -> None:
    user = login.user()
    if not login.by_token:
        (box.login if (user + secret).isascii() else box.login_utf8)(user, secret, initial_folder=None)
        return
    try:
        box.xoauth2(user, secret, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refusal:
        raise MailboxLoginError(("NO", [str(refusal).encode()]), "OK") from refusal


def _connected(account: Account) -> BaseMailBox:
    host, security = account.options.get("imap_host", ""), account.options.get("security") or "ssl"
    check_place(host, security)
    port = int(account.number("imap_port", PORTS[security], least=1))
    wait = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
    if security == "plain":
        return MailBoxUnencrypted(host, port, timeout=wait)
    kind = MailBox if security == "ssl" else MailBoxStartTls
    return kind(host, port, timeout=wait, ssl_context=ssl.create_default_context())


def check_place(host: str, security: str) -> None:
    """Raise `SourceUnfit` for a server that is no name, or to which a password would go in the open."""
    if not host or CONTROL.search(host) or "/" in host or " " in host:
        raise SourceUnfit(N_("Enter the mail server's name, such as imap.example.com."))
    if security not in SECURITIES:
        raise SourceUnfit(Said.MAIL_SECURITY, known=", ".join(SECURITIES), given=security[:40])
    if security == "plain":
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(NO_HOST, host=host) from error
        if not all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found):
            raise SourceUnfit(N_("Without encryption only a mail server on this machine is asked: choose ssl or starttls."))


def error_of(error: Exception, now: datetime) -> NetworkError:
    """Return what a failure of the mail server means: as the code in brackets says, else as the command that failed."""
    words = _words(error.command_result[1]) if isinstance(error, UnexpectedCommandStatusError) else _words([str(error).encode()])
    code = next((code for code in CODES if code in words.upper()), "")
    if code in THROTTLED:
        return RateLimited(words, until=now + WAIT_THROTTLED)
    if code:
        return CODES[code](words)
    if isinstance(error, MailboxLoginError):
        return CredentialsRefused(words)
    if isinstance(error, MailboxFolderSelectError):
        return QueryRefused(Said.FOLDER_SHUT, said=words)
    return no_answer(error, words)


def no_answer(error: Exception, words: str = "") -> Unreachable:
    """Return the error for a mail server that cannot be spoken to."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable(Said.CERTIFICATE, said=error.verify_message)
    what = type(error).__name__
    return Unreachable(Said.MAIL_UNUSABLE, what=what, said=words) if words else Unreachable(Said.MAIL_SILENT, what=what)


def _words(told: Sequence[object]) -> str:
    said = " ".join(part.decode("utf-8", "replace") for part in told if isinstance(part, bytes))
    return " ".join(CONTROL.sub(" ", said).split())[:LONGEST_WORDS]


def quoted(value: str) -> str:
    """Return a word as IMAP takes it; what no Message-ID has falls out."""
    plain = "".join(sign for sign in value if sign.isascii() and sign.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
