"""A desk with something on it, for the tests of the screens: made by the same actions that a real one is made by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, fetch_values
from amends.core.post import Author, Media
from amends.inbox.actions.note import add_note
from amends.inbox.actions.proof import claim_proof, record_look
from amends.inbox.actions.sources import add_source
from amends.inbox.rules.ids import AgentId, CaseId, SourceId
from amends.inbox.rules.proving import Seen
from amends.inbox.rules.words import Role
from tests.cast import DEE, NOON, POLICY, SECRET_KEY, a_post, a_source, ada, an_answer_to, bo, colleague, mia
from tests.desk import Desk

HOSTILE = "<script>alert('bad')</script> <img src=x onerror=alert(1)> \"'&amp; broken"
LONG = "My bag is lost. " * 2500
ENDLESS_WORD = "lost" * 3000
TEXTS = (
    "Third time the refund was sent, and my bank has nothing. Is anyone there?",
    "No signal since 6 am on the whole north coast, and the hotline is down",
    "மோசமான சேவை, broken again",
    "لم تصل حقيبتي منذ ثلاثة أيام lost",
    "Llevo dos horas esperando, terrible",
    HOSTILE,
    LONG,
    ENDLESS_WORD,
)
RAVI = Author(external_id="ravi-3", handle="ravi_w", name="Ravi W.", followers=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeded:
    """Who and what there is; `talked` is a case with a thread, an answer and a note, `plain` one with nothing but its post."""

    ada: AgentId
    bo: AgentId
    mia: AgentId
    ann: AgentId
    lea: AgentId
    otto: AgentId
    source_id: SourceId
    talked: CaseId
    plain: CaseId

    def of_role(self, role: Role) -> AgentId:
        """Return who has this role."""
        return {Role.AGENT: self.ada, Role.LEAD: self.lea, Role.MANAGER: self.mia, Role.ADMIN: self.ann, Role.AUDITOR: self.otto}[role]


NOBODY = Seeded(
    ada=AgentId(0),
    bo=AgentId(0),
    mia=AgentId(0),
    ann=AgentId(0),
    lea=AgentId(0),
    otto=AgentId(0),
    source_id=SourceId(0),
    talked=CaseId(0),
    plain=CaseId(0),
)
"""A fresh installation, where nobody is yet."""


def ann(conn: Connection) -> AgentId:
    """Ann, an administrator."""
    return colleague(conn, "ann@amends.example", "Ann", Role.ADMIN)


def furnish(conn: Connection, *, now: datetime = NOON) -> Seeded:
    """Put people, a source and nine cases on the desk; the newest begins a minute before `now`."""
    source_id = a_source(conn, now=now)
    desk = Desk(conn=conn, source_id=source_id, agent_id=ada(conn), now=now)
    talked = _a_talk(desk, now - timedelta(hours=2))
    others = [_complain(desk, place, text, now - timedelta(minutes=30 - place)) for place, text in enumerate(TEXTS)]
    desk.now = now
    return Seeded(
        ada=ada(conn),
        bo=bo(conn),
        mia=mia(conn),
        ann=ann(conn),
        lea=colleague(conn, "lea@amends.example", "Lea", Role.LEAD),
        otto=colleague(conn, "otto@amends.example", "Otto", Role.AUDITOR),
        source_id=source_id,
        talked=talked,
        plain=others[0],
    )


def a_second_source(conn: Connection, *, now: datetime = NOON) -> SourceId:
    """Return a source of another brand on Reddit."""
    return add_source(
        conn,
        brand="Tern Mobile",
        network="reddit",
        handle="ternmobile",
        credentials={"client_id": "c-1"},
        options={},
        watches=(),
        secret_key=SECRET_KEY,
        now=now,
    )


def _complain(desk: Desk, place: int, text: str, at: datetime) -> CaseId:
    author = Author(external_id=f"seeded-{place}", handle=f"seeded_{place}", name=f"Customer {place}", followers=place * 4000)
    desk.now = at
    desk.hear(a_post(text, external_id=f"seeded-{place}", author=author, published_at=at))
    return _newest_case(desk)


def _a_talk(desk: Desk, at: datetime) -> CaseId:
    """Cy complains with a picture, Ravi joins in, Dee chats, Ada answers and is seen, Cy writes again, Bo notes."""
    picture = Media(kind="photo", url="https://x.example/bag.jpg", alt="A torn bag")
    first = a_post("My bag is lost and nobody answers!", external_id="talk-1", published_at=at, media=(picture,))
    desk.now = at + timedelta(minutes=4)
    joined = an_answer_to(first, "Same here, a week now.", external_id="talk-2", author=RAVI)
    chatted = an_answer_to(joined, "What a day it is.", external_id="talk-3", author=DEE)
    desk.hear(first, joined, chatted)
    desk.now = at + timedelta(minutes=9)
    desk.answer("Sorry, Cy. We look for it now.")
    desk.now += timedelta(minutes=5)
    _see_it_in_public(desk)
    desk.hear(an_answer_to(first, "Still lost, two hours later. Terrible.", external_id="talk-4", published_at=at + timedelta(minutes=60)))
    case_id = _newest_case(desk)
    add_note(desk.conn, case_id=case_id, agent_id=bo(desk.conn), text="The bag is in Doha; it comes tonight.", now=desk.now)
    return case_id


def _see_it_in_public(desk: Desk) -> None:
    proof = claim_proof(desk.conn, now=desk.now)
    assert proof is not None
    record_look(desk.conn, proof, Seen.VISIBLE, permalink="https://x.example/r1", policy=POLICY, now=desk.now)


def _newest_case(desk: Desk) -> CaseId:
    return CaseId(fetch_values(desk.conn, "select id from cases order by id desc limit 1")[0])
