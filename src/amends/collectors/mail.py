"""E-mail: what lies in a mailbox, over IMAP, and our answers, over SMTP.

Place in the path: `ingest` -> `Mail.fetch` -> `_mail_box` -> IMAP; a reply -> `_mail_send` -> SMTP -> a copy in the folder of sent mail. A
mail has a number, and numbers only grow, so a walk goes upward from the last one read; where the server has numbered anew (UIDVALIDITY) it
begins again, and what was read already folds into the same posts. How it is set up, and what is asked of us, is in docs/networks/mail.md.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta

from amends.collectors import _mail_grant
from amends.collectors._mail_box import Folder, opened
from amends.collectors._mail_login import Login
from amends.collectors._mail_message import fields_of
from amends.collectors._mail_posts import NETWORK, TITLE, external_id_of, ids_in, message_id_of, posts_from
from amends.collectors._mail_send import connected, letter, message_id, send
from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.errors import NetworkError, QueryRefused, ReplyRefused, SourceUnfit
from amends.core.harvest import Fields
from amends.core.kept import keep
from amends.core.network import NOT_WATCHED
from amends.core.network_grant import Grant
from amends.core.ports import Account, Cursor, Draft, Harvest, Page, Published, Standing
from amends.core.post import Post
from amends.core.translating import N_
from amends.core.watching import Watch, WatchKind

__all__ = ["ABILITIES", "CREDENTIALS", "OPTIONS", "WATCHES", "Mail", "asked_at", "build", "grant", "posts_from"]

PAGE_LIMIT = THREAD_LIMIT = 100
LARGEST_PAGE = 32 * 1024 * 1024
"""Bytes after which a page is full, so that many large mails never lie in memory at once."""

REPLY_LIMIT = 100_000
FIRST_DAYS = 7.0
MOST_FOLDERS = 30
CREDENTIALS = ("user", "password", "smtp_user", "smtp_password", "client_id", "client_secret", "refresh_token")
WATCHES = (WatchKind.MAILBOX,)
OPTIONS = (
    Option(name="imap_host", label=N_("Server for reading (IMAP)"), hint=N_("imap.example.com"), required=True),
    Option(name="security", label=N_("Its security"), hint=N_("ssl or starttls; plain only on this machine"), default="ssl"),
    Option(name="imap_port", label=N_("Its port"), hint=N_("993 with ssl, else 143"), number=True),
    Option(name="smtp_host", label=N_("Server for sending (SMTP)"), hint=N_("smtp.example.com; without it nothing can be answered")),
    Option(name="smtp_security", label=N_("Its security"), hint=N_("starttls or ssl; plain only on this machine"), default="starttls"),
    Option(name="smtp_port", label=N_("Its port"), hint=N_("587 with starttls, 465 with ssl"), number=True),
    Option(
        name="token_url",
        label=N_("Address of the tokens (OAuth)"),
        hint=N_("known for Gmail and Outlook; https://login.microsoftonline.com/TENANT/oauth2/v2.0/token for a company of one's own"),
    ),
    Option(name="folder", label=N_("Folder to read"), default="INBOX"),
    Option(name="sent_folder", label=N_("Folder of sent mail"), hint=N_("asked of the server where it is empty")),
    Option(name="addresses", label=N_("Our other addresses"), hint=N_("with commas between; mail from them is our own")),
    Option(name="from_name", label=N_("Our name in answers")),
    Option(name="mark_read", label=N_("Mark as read"), hint=N_("“yes” marks what was fetched as read; else nothing is changed")),
    Option(name="first_days", label=N_("Days to look back at first"), default="7"),
)
ABILITIES = Abilities(
    title=TITLE,
    mark="@",
    group=Group.MESSAGES,
    at="",
    handle=N_("Our address"),
    refreshes=False,
    attachments=10,
    grants=True,
    at_once=2,
    over_http=False,
)


class Mail:
    """One mailbox."""

    network = NETWORK
    max_reply_length = REPLY_LIMIT

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._login = Login(account, clock)
        self._name = account.options.get("folder", "").strip() or "INBOX"

    def fetch(self, watch: Watch, cursor: Cursor | None, *, budget: int) -> Page:
        """Return the next mails, the lowest number first."""
        if watch.kind not in WATCHES:
            raise QueryRefused(NOT_WATCHED % {"title": TITLE})
        told, to_mark = reading.mapping(cursor), self._account.options.get("mark_read", "").strip().lower() in {"yes", "true", "1"}
        since = _day(told.get("since")) or self._first_day()
        with opened(self._login) as folder:
            validity = folder.look_at(self._name, to_mark=to_mark)
            known = reading.whole(told.get("validity")) == validity
            until = reading.whole(told.get("until")) if known else None
            last = (reading.whole(told.get("uid")) or 0) if known else 0
            ahead = folder.uids_after(last) if last else folder.uids_since(since)
            ahead = [uid for uid in ahead if until is None or uid <= until]
            taken, mails = _mails(folder, ahead[: min(PAGE_LIMIT, max(1, budget))])
            if to_mark and taken:
                folder.mark_read(taken)
        harvest = posts_from({"mails": mails}, self._account)
        last, top = max([last, *taken]), max([last, *ahead])
        bound: Cursor = {} if until is None else {"until": until}
        return Page(
            posts=_once(harvest),
            cursor={"validity": validity, "uid": last, "top": top, "since": since.isoformat(), **bound},
            more=top > last,
            reads=len(taken),
            troubles=harvest.troubles,
        )

    def split(self, cursor: Cursor) -> tuple[Cursor, Cursor] | None:
        """Part a walk under way: one for what comes in from now on, one for the rest up to there."""
        told = reading.mapping(cursor)
        last, top = reading.whole(told.get("uid")), reading.whole(told.get("top"))
        if last is None or top is None or top <= last or "until" in told:
            return None
        return {**cursor, "uid": top}, {**cursor, "until": top}

    def thread(self, root_id: str) -> tuple[Post, ...]:
        """Return what the folder and that of sent mail hold of a thread, oldest first."""
        if root_id.startswith("hash:"):
            return ()
        mails: list[Fields] = []
        with opened(self._login) as folder:
            sent = self._sent(folder)
            for name in dict.fromkeys(filter(None, (self._name, sent))):
                with suppress(QueryRefused):
                    folder.look_at(name)
                    found = _mails(folder, folder.uids_under(root_id)[:THREAD_LIMIT])[1]
                    mails += [one | {"sent": True} for one in found] if name == sent != self._name else found
        posts = [post for post in _once(posts_from({"mails": mails}, self._account)) if post.root_id == root_id]
        return tuple(sorted(posts, key=lambda post: (post.published_at, post.external_id)))

    def refresh(self, external_ids: Sequence[str]) -> tuple[Post, ...]:  # noqa: ARG002 - the socket's form
        """Return nothing: a mail never changes, and one that left the folder was filed by a person."""
        return ()

    def reply(self, draft: Draft) -> Published:
        """Send the answer to whom the mail asks for, and lay a copy into the folder of sent mail."""
        now = self._clock()
        if not self._account.options.get("smtp_host"):
            raise ReplyRefused(N_("Enter the server for sending (SMTP) on the source's page; without it nothing can be answered."))
        with opened(self._login) as folder:
            made = letter(draft, self._parent(folder, draft), self._account, now)
            send(made, self._login)
        # The mail is out: a copy that cannot be kept must not make it look as if it were not.
        with suppress(NetworkError), opened(self._login) as folder:
            self._keep(folder, message_id(draft, self._account), made.as_bytes())
        return Published(external_id=message_id(draft, self._account), permalink="", published_at=now)

    def find_reply(self, draft: Draft) -> Published | None:
        """Return the answer if a copy of it lies in the folder of sent mail."""
        wanted = message_id(draft, self._account)
        with opened(self._login) as folder:
            found = self._mail_in(folder, self._sent(folder), wanted)
        if found is None:
            return None
        post = posts_from(found, self._account).posts
        return Published(external_id=wanted, permalink="", published_at=post[0].published_at if post else self._clock())

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check(self) -> Standing:
        """Return what the mail servers let us do."""
        if self._account.handle.count("@") != 1:
            raise SourceUnfit(N_("The source's handle must be our e-mail address."))
        with opened(self._login) as folder:
            folder.look_at(self._name)
            sent = self._sent(folder)
        sends = bool(self._account.options.get("smtp_host"))
        if sends:
            with connected(self._login) as server:
                server.noop()
        warnings = (
            *(() if sends else (N_("No server for sending is entered, so nothing can be answered."),)),
            *(
                ()
                if sent or not sends
                else (N_("There is no folder of sent mail: a copy of an answer is kept nowhere, and none is found again."),)
            ),
        )
        handle = self._account.handle
        rights = (keep(N_("read %(folder)s"), folder=self._name), *((N_("send"),) if sends else ()))
        return Standing(user_id=handle.lower(), handle=handle, can_reply=sends, warnings=warnings, rights=rights, cost=N_("Free."))

    def _first_day(self) -> date:
        return (self._clock() - timedelta(days=self._account.number("first_days", FIRST_DAYS))).date()

    def _sent(self, folder: Folder) -> str:
        return folder.sent_folder(self._account.options.get("sent_folder", "").strip())

    def _parent(self, folder: Folder, draft: Draft) -> Fields:
        """Return the mail that is answered, wherever a person may have filed it."""
        elsewhere = [found.name for found in folder.box.folder.list() if "\\noselect" not in {flag.lower() for flag in found.flags}]
        for name in dict.fromkeys((self._name, *elsewhere[:MOST_FOLDERS])):
            found = self._mail_in(folder, name, draft.parent_id)
            if found is not None:
                return found
        raise ReplyRefused(N_("The mail is in no folder of the mailbox any more, so it cannot be answered from here."))

    def _mail_in(self, folder: Folder, name: str, wanted: str) -> Fields | None:
        """Return the mail with this id or Message-ID in a folder; servers look for a part of a header, so it is compared."""
        if not name:
            return None
        with suppress(QueryRefused):
            folder.look_at(name)
            for fields in _mails(folder, folder.uids_of(message_id_of(wanted))[:THREAD_LIMIT])[1]:
                named = ids_in(reading.mapping(fields["headers"]).get("message-id"))
                if wanted in (*named, external_id_of(fields, is_own=False)):
                    return fields
        return None

    def _keep(self, folder: Folder, wanted: str, made: bytes) -> None:
        """Lay a copy into the folder of sent mail, unless the server has done so itself."""
        name = self._sent(folder)
        if name and self._mail_in(folder, name, wanted) is None:
            folder.box.append(made, name, dt=self._clock(), flag_set=r"\Seen")


def build(account: Account, clock: Clock = utc_now) -> Mail:
    """Return the collector. The handle is our address; credentials and options as the form names them, and `time_out`."""
    return Mail(account, clock)


def grant(account: Account, clock: Clock, callback: str) -> Grant:
    """Return how Google or Microsoft 365 is asked to let us in."""
    del clock
    return _mail_grant.grant(account, callback)


def asked_at(options: Mapping[str, str]) -> str:
    """Return who is asked to let us in, empty where we do not know how."""
    found = _mail_grant.provider(options)
    return found.name if found else ""


def _mails(folder: Folder, uids: Sequence[int]) -> tuple[list[int], list[Fields]]:
    """Return the numbers that were gone through and the mails behind them, at most as much as a page may weigh."""
    taken: list[int] = []
    mails: list[Fields] = []
    weight = 0
    for uid in uids:
        found = folder.mail(uid)
        taken.append(uid)
        if found is not None:
            mails.append(fields_of(found.body, found.received))
            weight += len(found.body)
        if weight >= LARGEST_PAGE:
            break
    return taken, mails


def _once(harvest: Harvest) -> tuple[Post, ...]:
    """Return each mail once, however often it lies in the folder."""
    return tuple({post.external_id: post for post in reversed(harvest.posts)}.values())[::-1]


def _day(value: object) -> date | None:
    found = reading.moment(reading.text(value)) if value else None
    return found.date() if found else None
