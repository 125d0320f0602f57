"""Keeps what is being written. Place in the path: reply box -> here, as one types -> reply or note, or thrown away."""

from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import gettext as _
from amends.core.written import number
from amends.inbox.actions.found import locked_case
from amends.inbox.rules.ids import AgentId, CaseId, DraftId
from amends.inbox.rules.text import storable
from amends.inbox.store import drafts
from amends.inbox.store.drafts import Draft

BOXES = ("reply", "note")
LONGEST = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept now; where it is not `ours`, somebody else's words are there, and nothing was written over them."""

    draft: Draft | None
    ours: bool


def check_length(text: str) -> None:
    """Raise `Refused` where a text is longer than any draft may be."""
    if len(text) > LONGEST:
        raise Refused(
            _("A draft may have %(most)s characters; this has %(length)s. It is kept in your browser only: shorten it.")
            % {"most": number(LONGEST), "length": number(len(text))}
        )


def save(  # noqa: PLR0913
    conn: Connection, *, case_id: CaseId, box: str, text: str, version: int, agent_id: AgentId, now: datetime
) -> Kept:
    """Keep `text` where nobody wrote since `version` (0: nothing was there); an empty one puts the draft away."""
    _check_box(box)
    check_length(text)
    locked_case(conn, case_id)
    words, there = storable(text), drafts.lock(conn, case_id=case_id, box=box)
    if there and there.text == words and there.agent_id == agent_id:
        return Kept(draft=there, ours=True)
    if (there.version if there else 0) != version:
        return Kept(draft=there, ours=False)
    if words.strip():
        return Kept(draft=drafts.write(conn, case_id=case_id, box=box, text=words, agent_id=agent_id, now=now), ours=True)
    if there:
        drafts.drop(conn, draft_id=there.id, now=now)
    return Kept(draft=None, ours=True)


def discard(conn: Connection, *, case_id: CaseId, box: str, version: int, now: datetime) -> DraftId | None:
    """Throw the draft of that version away and return its id, by which it is brought back; None where there was none.

    `Conflict` where somebody wrote since.
    """
    _check_box(box)
    locked_case(conn, case_id)
    there = drafts.lock(conn, case_id=case_id, box=box)
    if there is None:
        return None
    if there.version != version:
        raise Conflict(_("%(name)s has changed this draft meanwhile; look at it before you throw it away.") % {"name": there.agent})
    drafts.drop(conn, draft_id=there.id, now=now)
    return there.id


def bring_back(conn: Connection, *, case_id: CaseId, draft_id: DraftId, now: datetime) -> Draft:
    """Put a thrown-away draft back into its box, before what was written there since."""
    locked_case(conn, case_id)
    gone = drafts.dropped(conn, draft_id)
    if gone is None or gone.case_id != case_id:
        raise NotFound(_("This draft is not there any more."))
    drafts.delete(conn, gone.id)
    return put_back(conn, case_id=case_id, box=gone.box, text=gone.text, agent_id=gone.agent_id, now=now)


def put_back(  # noqa: PLR0913
    conn: Connection, *, case_id: CaseId, box: str, text: str, agent_id: AgentId, now: datetime, note: str = ""
) -> Draft:
    """Make words the draft of a locked case's box; what was written there meanwhile stays below them."""
    there = drafts.lock(conn, case_id=case_id, box=box)
    both = f"{text}\n\n{there.text}" if there and there.text.strip() and there.text != text else text
    return drafts.write(conn, case_id=case_id, box=box, text=both[:LONGEST], agent_id=agent_id, now=now, note=note)


def _check_box(box: str) -> None:
    if box not in BOXES:
        raise NotFound(_("There is no such box to write in."))
