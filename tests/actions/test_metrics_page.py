"""The worked examples of `docs/metrics.md`, executed: what the page says is what the product measures."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends.core.database import fetch_all, fetch_one, fetch_values
from amends.core.errors import NetworkError
from amends.core.ports import Published
from amends.core.post import Post
from amends.inbox.actions import calendars, deeds, drafts, facts, resolve, send_reply, sla_policies, snooze
from amends.inbox.actions.assign import assign_team
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.note import add_note
from amends.inbox.rules.business_time import Calendar
from amends.inbox.rules.clocks import ClockKind
from amends.inbox.rules.sla_policy import Written
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.rules.words import LinkBasis
from amends.inbox.rules.working_hours import Span
from amends.inbox.store import sla_policies as stored
from amends.inbox.store.clocks import ClockRow
from tests.cast import US, a_post, an_answer_to
from tests.crew import a_team
from tests.desk import Desk

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Calendar(zone="Europe/Berlin", spans=tuple(Span(day=day, begins=540, ends=1020) for day in range(5)), regions=("DE",))
PROMISED = Written(
    name="Promised",
    condition="",
    calendar_id=None,
    first_minutes=240,
    first_business=True,
    next_minutes=240,
    next_business=True,
    resolution_minutes=960,
    resolution_business=True,
    pauses=True,
    warn_percent=None,
    warn_minutes=None,
    steps=[],
)
_HAPPENING = re.compile(r"(\d+ \w{3} (?:\d{4} )?\d\d:\d\d) ([a-z ]+?)(?: (?:seen|dated) (.*))?")


def examples() -> list[dict[str, str]]:
    """Return the rows of the page's table by their column."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def moment(text: str) -> datetime:
    """Return `2 Mar 09:00` of 2026, or of the year that it names, in Berlin."""
    whole = text if len(text.split()) == 4 else "{} {} 2026 {}".format(*text.split())
    return datetime.strptime(whole, "%d %b %Y %H:%M").replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass(kw_only=True, slots=True)
class Story:
    """One example on a desk; `at` is when a thing happens, `other` the second time that it names."""

    desk: Desk
    first: Post | None = None

    def tell(self, happenings: str) -> None:
        for happening in happenings.split("; "):
            found = _HAPPENING.fullmatch(happening)
            assert found, happening
            at, other = moment(found[1]), moment(found[3]) if found[3] else None
            self.desk.now = (other or at) if found[2] == "post" else at
            _VERBS[found[2]](self, at, other)

    def post(self, at: datetime, _seen: datetime | None) -> None:
        if self.first is None:
            self.first = a_post("My bag is lost!", external_id="bag", published_at=at)
            self.desk.hear(self.first)
        else:
            self.desk.hear(an_answer_to(self.first, "It is still lost!", published_at=at))

    def bot(self, at: datetime, _other: datetime | None) -> None:
        assert self.first
        facts = {"author": US, "published_at": at, "is_own": True}
        self.desk.hear(an_answer_to(self.first, "Thank you for writing to us.", **facts))

    def answer(self, at: datetime, dated: datetime | None, *, then_resolve: bool = False) -> None:
        self.desk.write(then_resolve=then_resolve)
        job = self.desk.claim()
        out = Published(external_id=f"r{job.reply_id}", permalink="https://x.example/r", published_at=dated or at)
        send_reply.record_sent(self.desk.conn, job, out, now=at)

    def answer_and_resolve(self, at: datetime, dated: datetime | None) -> None:
        self.answer(at, dated, then_resolve=True)

    def failed_answer(self, at: datetime, _other: datetime | None) -> None:
        reply_id = self.desk.write()
        job = self.desk.claim()
        send_reply.record_reply_trouble(self.desk.conn, job, NetworkError("refused"), now=at)
        send_reply.discard_reply(self.desk.conn, reply_id=reply_id, agent_id=self.desk.agent_id, now=at)

    def note(self, at: datetime, _other: datetime | None) -> None:
        add_note(self.desk.conn, case_id=self.desk.case().id, agent_id=self.desk.agent_id, text="Look at this", now=at)

    def draft(self, at: datetime, _other: datetime | None) -> None:
        case = self.desk.case().id
        drafts.save(self.desk.conn, case_id=case, box="reply", text="We are", version=0, agent_id=self.desk.agent_id, now=at)

    def resolve(self, _at: datetime, _other: datetime | None) -> None:
        self.desk.resolve()

    def bulk_resolve(self, at: datetime, _other: datetime | None) -> None:
        case = self.desk.case().id
        deeds.do(deeds.At(conn=self.desk.conn, case_id=case, agent_id=self.desk.agent_id, policy=self.desk.policy, now=at), "resolve", {})

    def undo(self, at: datetime, _other: datetime | None) -> None:
        resolve.undo_resolve(self.desk.conn, case_id=self.desk.case().id, agent_id=self.desk.agent_id, now=at)

    def dismiss(self, at: datetime, _other: datetime | None) -> None:
        resolve.dismiss(self.desk.conn, case_id=self.desk.case().id, agent_id=self.desk.agent_id, now=at)

    def reopen(self, at: datetime, _other: datetime | None) -> None:
        resolve.reopen(self.desk.conn, case_id=self.desk.case().id, agent_id=self.desk.agent_id, now=at)

    def snooze(self, at: datetime, _other: datetime | None) -> None:
        sleep = Sleep(reason=Reason.TIME, until=at + timedelta(days=1))
        snooze.snooze(self.desk.conn, case_id=self.desk.case().id, sleep=sleep, agent_id=self.desk.agent_id, now=at)

    def move(self, at: datetime, _other: datetime | None) -> None:
        team = a_team(self.desk.conn, "Airport", members=[])
        assign_team(self.desk.conn, case_id=self.desk.case().id, team_id=team, agent_id=self.desk.agent_id, now=at)

    def merge(self, at: datetime, _other: datetime | None) -> None:
        query = "insert into customers (name, created_at) values ('Cy F.', %(at)s) returning id"
        [customer] = fetch_values(self.desk.conn, query, {"at": at})
        [author] = fetch_values(self.desk.conn, "select author_id from cases")
        link_customer(
            self.desk.conn,
            author_id=author,
            customer_id=customer,
            basis=LinkBasis.AGENT,
            evidence=(),
            agent_id=self.desk.agent_id,
            now=at,
        )


_VERBS: Mapping[str, Callable[[Story, datetime, datetime | None], None]] = {
    "post": Story.post,
    "bot": Story.bot,
    "answer": Story.answer,
    "answer and resolve": Story.answer_and_resolve,
    "failed answer": Story.failed_answer,
    "note": Story.note,
    "draft": Story.draft,
    "resolve": Story.resolve,
    "bulk resolve": Story.bulk_resolve,
    "undo": Story.undo,
    "dismiss": Story.dismiss,
    "reopen": Story.reopen,
    "snooze": Story.snooze,
    "move": Story.move,
    "merge": Story.merge,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What the numbers have of the newest episode."""

    first_answer: int | None
    first_business: int | None
    handled: int | None
    ending: int | None
    ending_business: int | None


_NEWEST = "select first_answer, first_business, handled, ending, ending_business from episode_facts order by number desc limit 1"


def length(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def outcome(clock: ClockRow) -> str:
    how = "late" if clock.breached_at else "kept" if clock.stopped_at else "void"
    return f"{clock.kind} {how}"


def measured(desk: Desk) -> dict[str, str]:
    """Return what the product measured, as the page writes it."""
    newest = "select k.* from clocks k join episodes e on e.id = k.episode_id join cases c on c.id = k.case_id and e.number = c.episode"
    rows = fetch_all(desk.conn, ClockRow, newest + " order by k.number")
    by = {kind: [row for row in rows if row.kind == kind] for kind in ClockKind}
    [first], [end] = by[ClockKind.FIRST], by[ClockKind.RESOLUTION]
    ended = end.stopped_at is not None
    facts.freshen(desk.conn)
    fact = fetch_one(desk.conn, Fact, _NEWEST)
    assert (fact.first_answer, fact.first_business) == (first.wall_seconds, first.business_seconds)
    relapsed = fetch_values(desk.conn, "select number from episodes where outcome = 'relapsed'")
    number = desk.case().episode
    return {
        "episode": f"{number}, {relapsed[0]} relapsed" if relapsed else str(number),
        "first answer, wall": length(first.wall_seconds),
        "first answer, business": length(first.business_seconds),
        "triaged to answered": length(fact.handled),
        "next answers, wall": ", ".join(length(row.wall_seconds) for row in by[ClockKind.NEXT] if row.stopped_at) or "–",
        "next answers, business": ", ".join(length(row.business_seconds) for row in by[ClockKind.NEXT] if row.stopped_at) or "–",
        "resolution, wall": length(fact.ending),
        "resolution, business": length(fact.ending_business),
        "our time": length(end.wall_seconds),
        "our time, business": length(end.business_seconds),
        "waited for the customer": length(end.paused_seconds if ended else None),
        "promises": ", ".join(outcome(row) for row in [first, *by[ClockKind.NEXT], end] if not row.clock.runs),
    }


@pytest.mark.parametrize("row", examples(), ids=lambda row: row["example"])
def test_an_example_of_the_page_is_what_the_product_measures(desk: Desk, row: dict[str, str]) -> None:
    start = moment(row["what happens"].split(" post")[0]) - timedelta(days=1)
    desk.now = start
    week = calendars.save(desk.conn, name="Week", calendar=WEEK, calendar_id=None, agent_id=desk.agent_id, now=start)
    for policy in stored.every(desk.conn):
        sla_policies.remove(desk.conn, policy_id=policy.policy_id, agent_id=desk.agent_id, now=start)
    promised = replace(PROMISED, calendar_id=week)
    sla_policies.save(desk.conn, promised, policy_id=None, agent_id=desk.agent_id, now=start)
    Story(desk=desk).tell(row["what happens"])
    found = measured(desk)
    assert found == {name: row[name] for name in found}


def test_there_are_examples_enough() -> None:
    assert len(examples()) >= 20
