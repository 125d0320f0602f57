"""Answer an e-mail: the letter, and its way out over SMTP.

Place in the path: `Mail.reply` -> `letter` -> `send` -> the mail server. The Message-ID comes from the draft's key, so that a second try is
the same mail to everyone who gets it. Headers go through `EmailMessage`, which takes no line break in any of them.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from amends.collectors._mail_box import CONTROL, LONGEST_WORDS, check_place, no_answer
from amends.collectors._mail_login import Login, said
from amends.collectors._mail_message import addresses, is_address
from amends.collectors._mail_posts import LONGEST_ID, answer_to, ids_in, own_addresses, parents_of
from amends.collectors._mail_text import ANSWER
from amends.core import reading
from amends.core.errors import CredentialsRefused, NetworkError, RateLimited, ReplyRefused, SourceUnfit, Unreachable
from amends.core.harvest import Fields
from amends.core.network import SHORTEST_WAIT, TIME_OUT
from amends.core.network_words import Said
from amends.core.ports import Account, Draft
from amends.core.translating import N_

PORTS = {"ssl": 465, "starttls": 587, "plain": 25}
MOST_REFERENCES, LONGEST_SUBJECT, LONGEST_NAME = 50, 400, 100
LINES = SMTP.clone(max_line_length=900)
"""Python breaks a line at an id that is longer than 78 signs, and writes some of them in code, which no mail program reads as an id."""

WAIT = timedelta(minutes=5)
FINAL = 500
SIGN_IN = frozenset({530, 534, 535, 538})


def message_id(draft: Draft, account: Account) -> str:
    """Return the Message-ID of an answer, without brackets: the same on every try."""
    digest = hashlib.sha256(f"{draft.key}\n{draft.parent_id}".encode()).hexdigest()[:40]
    return f"amends.{digest}@{account.handle.rpartition('@')[2].strip().lower()}"


def letter(draft: Draft, parent: Fields, account: Account, now: datetime) -> EmailMessage:
    """Return the answer to the mail `parent`."""
    if not is_address(account.handle):
        raise SourceUnfit(N_("The source's handle must be our e-mail address."))
    to = answer_to(parent, own_addresses(account))
    answered = ids_in(reading.mapping(parent.get("headers")).get("message-id"))[:1]
    if not to or not answered:
        raise ReplyRefused(N_("The mail names nobody that an answer could go to."))
    made = EmailMessage(policy=LINES)
    made["From"] = Address(display_name=_one_line(account.options.get("from_name", ""))[:LONGEST_NAME], addr_spec=account.handle.strip())
    made["To"] = ", ".join(to)
    made["Subject"] = _subject(parent)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{message_id(draft, account)}>"
    made["In-Reply-To"] = f"<{answered[0]}>"
    chain = [one for one in dict.fromkeys((*parents_of(parent), answered[0])) if len(one) <= LONGEST_ID]
    made["References"] = " ".join(f"<{one}>" for one in dict.fromkeys((chain[0], *chain[-MOST_REFERENCES:])))
    made.set_content(reading.text(draft.text), cte="quoted-printable")
    for number, piece in enumerate(draft.attachments, 1):
        main, _, sub = piece.content_type.partition("/")
        name = f"{_one_line(piece.alt)[:LONGEST_NAME] or f'picture {number}'}.{sub or 'bin'}"
        made.add_attachment(piece.content, maintype=main, subtype=sub or "octet-stream", disposition="inline", filename=name)
        list(made.iter_attachments())[-1]["Content-Description"] = _one_line(piece.alt)[:LONGEST_SUBJECT]
    return made


def send(made: EmailMessage, login: Login) -> None:
    """Hand the mail to the server, which takes it for at least one of those written to, or says why not."""
    to = [address for _, address in addresses(str(made["To"]))]
    with connected(login) as server:
        # Not `send_message`, which writes `>From` where a line begins with `From`.
        server.sendmail(login.account.handle.strip(), to, made.as_bytes())


@contextmanager
def connected(login: Login) -> Generator[smtplib.SMTP]:
    """Yield a mail server that we are signed in at; what goes wrong while it is open becomes a `NetworkError`."""
    try:
        server = _connected(login.account)
        try:
            _sign_in(server, login)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        raise error_of(error, login.clock()) from error


def _connected(account: Account) -> smtplib.SMTP:
    host, security = account.options.get("smtp_host", ""), account.options.get("smtp_security") or "starttls"
    check_place(host, security)
    port = int(account.number("smtp_port", PORTS[security], least=1))
    wait = account.number("time_out", TIME_OUT, least=SHORTEST_WAIT)
    if security == "ssl":
        return smtplib.SMTP_SSL(host, port, timeout=wait, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=wait)
    if security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _sign_in(server: smtplib.SMTP, login: Login) -> None:
    """Sign in where the server wants it; one on this machine may not."""
    user = login.user(sending=True)
    if CONTROL.search(user + login.password(sending=True)):
        raise CredentialsRefused(N_("The user or the password has a sign that none can have."))
    server.ehlo_or_helo_if_needed()
    if not user or (not server.has_extn("auth") and login.account.options.get("smtp_security") == "plain"):
        return
    if login.by_token:
        _show_token(server, said(user, login.token()))
    else:
        server.login(user, login.password(sending=True))


def _show_token(server: smtplib.SMTP, words: str) -> None:
    """Sign in by XOAUTH2; a challenge after the words says in code why they were refused, and the empty answer brings the refusal."""

    def answer(challenge: bytes | None = None) -> str:
        return words if challenge is None else ""

    server.auth("XOAUTH2", answer)


def error_of(error: Exception, now: datetime) -> NetworkError:
    """Return what a failure of the mail server means."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _verdict(*max(error.recipients.values(), key=lambda told: told[0]), now)
    if isinstance(error, smtplib.SMTPResponseException):
        return _verdict(error.smtp_code, error.smtp_error, now)
    # A certificate's error is a ValueError too, and says nothing of the mail.
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError) and not isinstance(error, OSError):
        return ReplyRefused(Said.MAIL_UNSENDABLE, said=_words(str(error)))
    return no_answer(error)


def _verdict(code: int, said: bytes | str, now: datetime) -> NetworkError:
    words = (Said.MAIL_ANSWERED % {"status": code, "words": _words(said)}).strip()
    if code in SIGN_IN:
        return CredentialsRefused(words)
    if code >= FINAL:
        return ReplyRefused(words)
    return RateLimited(words, until=now + WAIT) if code >= 400 else Unreachable(words)  # noqa: PLR2004


def _words(said: bytes | str) -> str:
    told: Sequence[str] = (said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split()
    return CONTROL.sub(" ", " ".join(told))[:LONGEST_WORDS]


def _subject(parent: Fields) -> str:
    subject = _one_line(reading.text(reading.mapping(parent.get("headers")).get("subject")))[:LONGEST_SUBJECT]
    return subject if ANSWER.match(subject) else f"Re: {subject}".strip()


def _one_line(text: str) -> str:
    return " ".join(CONTROL.sub(" ", reading.text(text)).split())
