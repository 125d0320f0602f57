"""What the screens and REST share about a case: to find it, and to answer it within the length its network takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from amends.api.desk import Desk
from amends.api.networks import check_length, posts_of
from amends.core.abilities import Abilities
from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.personal.finding import find, kinds_of
from amends.core.personal.kinds import Kind
from amends.core.translating import _, ngettext
from amends.core.written import number
from amends.inbox.actions.approve import NewWords
from amends.inbox.actions.attach import Chosen
from amends.inbox.actions.reply import Manner, queue_reply
from amends.inbox.rules.holding import UNSEEN, Seen
from amends.inbox.rules.ids import CaseId, ReplyId
from amends.inbox.store import case_page, replies, reply_parts
from amends.inbox.store.case_page import CaseHead
from amends.inbox.store.sessions import Visitor


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How an agent wants an answer to go out: to its author alone, as several posts in a row, with pictures; and what they had seen.

    It can be taken back for `wait` before it goes out.
    """

    private: bool = False
    in_posts: bool = False
    pictures: Sequence[Chosen] = ()
    seen: Seen = UNSEEN
    wait: timedelta = timedelta(0)


PLAINLY = Wish()


def head_of(conn: Connection, case_id: CaseId) -> CaseHead:
    """Return the case; `NotFound` where there is none."""
    found = case_page.head(conn, case_id)
    if found is None:
        raise NotFound(_("There is no case %(case_id)s.") % {"case_id": case_id})
    return found


def named_in_public(conn: Connection, case_id: CaseId, text: str) -> tuple[Kind, ...]:
    """Return the kinds of personal data that an answer would show to everybody; order numbers are named between customer and company.

    A number of ours may be dialled in another country than where the case's language is spoken.
    """
    case = head_of(conn, case_id)
    found = () if case.is_private else (*find(text, case.language), *find(text))
    return tuple(kind for kind in kinds_of(found) if kind is not Kind.ORDER)


def answer(  # noqa: PLR0913
    conn: Connection,
    desk: Desk,
    visitor: Visitor,
    *,
    case_id: CaseId,
    text: str,
    key: UUID | None,
    resolve: bool,
    wish: Wish = PLAINLY,
) -> ReplyId:
    """Queue a reply that the network would take at this length and in this manner, and return its id."""
    case = head_of(conn, case_id)
    private = wish.private or case.is_private
    _check_wish(wish, desk.able(case.network), private=private)
    parts: tuple[str, ...] = ()
    if wish.in_posts:
        parts = posts_of(case.network, case.source_options, text, private=private)
    else:
        check_length(case.network, case.source_options, text, private=private)
    return queue_reply(
        conn,
        case_id=case_id,
        agent_id=visitor.agent_id,
        text=text,
        key=key,
        resolve=resolve,
        policy=desk.policy,
        now=desk.clock(),
        manner=Manner(private=wish.private, parts=parts, pictures=wish.pictures, seen=wish.seen, wait=wish.wait),
    )


def in_words(conn: Connection, *, case_id: CaseId, reply_id: ReplyId, text: str | None) -> NewWords | None:
    """Return the words that a second person gives an answer, None where they are as they were; `Refused` where they are too long.

    An answer that its author sent as several posts goes out as several again.
    """
    case, reply = head_of(conn, case_id), replies.find(conn, reply_id=reply_id)
    written = None if text is None else _in_lines(text)
    if reply is None or written is None or written == _in_lines(reply.text):
        return None
    private = reply.private or case.is_private
    if reply_parts.are_there(conn, reply_id=reply_id):
        return NewWords(text=written, parts=posts_of(case.network, case.source_options, written, private=private))
    check_length(case.network, case.source_options, written, private=private)
    return NewWords(text=written)


def _in_lines(text: str) -> str:
    """Return a text with the ends of lines that a box has: a browser sends no others back, whatever it was given."""
    return text.strip().replace("\r\n", "\n").replace("\r", "\n")


def newly_named(conn: Connection, *, case_id: CaseId, reply_id: ReplyId, words: NewWords) -> tuple[Kind, ...]:
    """Return the kinds of personal data that new words of an answer would show to everybody, and its old ones do not."""
    reply = replies.find(conn, reply_id=reply_id)
    if reply is None or reply.private or reply.case_id != case_id:
        return ()
    before = named_in_public(conn, case_id, reply.text)
    return tuple(kind for kind in named_in_public(conn, case_id, words.text) if kind not in before)


def _check_wish(wish: Wish, able: Abilities, *, private: bool) -> None:
    """Raise `Refused` where the network has no such way, with another one; `private` where only the author gets it, either way."""
    if wish.private and not able.private:
        raise Refused(_("%(title)s has no private messages here; ask the customer to write to you in private.") % {"title": able.title})
    if wish.in_posts and (wish.private or not able.threads):
        raise Refused(_("%(title)s takes no answer in several posts here; shorten it.") % {"title": able.title})
    check_pictures(len(wish.pictures), able, private=private)


def check_pictures(count: int, able: Abilities, *, private: bool) -> None:
    """Raise `Refused` where an answer on this network, or a private message there, cannot carry so many pictures."""
    most = able.pictures(private=private)
    if count <= most:
        return
    if not most:
        raise Refused(_("%(title)s takes no pictures from here.") % {"title": able.title})
    if private:
        said = ngettext(
            "%(title)s takes at most %(n)s picture a private message.", "%(title)s takes at most %(n)s pictures a private message.", most
        )
    else:
        said = ngettext("%(title)s takes at most %(n)s picture an answer.", "%(title)s takes at most %(n)s pictures an answer.", most)
    raise Refused(said % {"title": able.title, "n": number(most)})
