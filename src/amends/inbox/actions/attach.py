"""Pictures for a reply. Place in the path: reply box -> kept beside the case -> given to the reply -> network -> forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import _
from amends.core.written import number
from amends.inbox.actions.found import locked_case
from amends.inbox.rules import pictures
from amends.inbox.rules.ids import AgentId, AttachmentId, CaseId, ReplyId
from amends.inbox.rules.text import storable
from amends.inbox.store import attachments
from amends.inbox.store.attachments import Picture

MOST_LOOSE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """A picture that an agent sends along, with what it shows in words."""

    id: AttachmentId
    alt: str


def add_picture(conn: Connection, *, case_id: CaseId, agent_id: AgentId, content: bytes, now: datetime) -> AttachmentId:
    """Keep a picture until it is sent; `Refused` where it is no picture, or the agent has left too many lying about."""
    kind = pictures.checked_kind(content)
    locked_case(conn, case_id)
    if attachments.count_loose(conn, case_id=case_id, agent_id=agent_id) >= MOST_LOOSE:
        raise Refused(_("There are many pictures here that were not sent; take some away first."))
    return attachments.insert(conn, case_id=case_id, agent_id=agent_id, content_type=kind, content=pictures.bare(content), now=now)


def take_picture_away(conn: Connection, *, attachment_id: AttachmentId, agent_id: AgentId) -> None:
    """Forget a picture that the agent added and did not send."""
    if not attachments.delete_loose(conn, attachment_id, agent_id=agent_id):
        raise NotFound(_("This picture is not there any more."))


def picture(conn: Connection, *, case_id: CaseId, attachment_id: AttachmentId, agent_id: AgentId) -> tuple[str, bytes]:
    """Return type and bytes of a picture of a case; one that is not sent yet only to the agent who added it."""
    found = attachments.find(conn, attachment_id)
    if found is None or found.content is None or found.case_id != case_id or not _may_see(found, agent_id):
        raise NotFound(_("This picture is not here; what was sent is on the network."))
    return found.content_type, found.content


def _may_see(found: Picture, agent_id: AgentId) -> bool:
    return found.reply_id is not None or found.agent_id == agent_id


def give(conn: Connection, chosen: Sequence[Chosen], *, reply_id: ReplyId, case_id: CaseId, agent_id: AgentId) -> None:
    """Give pictures to a reply; `Refused` where one is not there, or says nothing to those who cannot see it."""
    for place, one in enumerate(chosen):
        alt = " ".join(storable(one.alt).split())
        if not alt:
            raise Refused(_("Say in words what each picture shows, for those who cannot see it."))
        if len(alt) > pictures.MOST_ALT:
            raise Refused(_("A picture's words may have %(MOST_ALT)s characters at most.") % {"MOST_ALT": number(pictures.MOST_ALT)})
        if not attachments.attach(conn, one.id, reply_id=reply_id, case_id=case_id, agent_id=agent_id, place=place, alt=alt):
            raise Refused(_("One of the pictures is not there any more; add it again."))
