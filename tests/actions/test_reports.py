"""Reports: made of what their owner may see, out by mail once for each turn, and told where they do not go."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from amends.core.database import Connection, Pool, execute, fetch_values
from amends.core.errors import DeliveryError, Refused
from amends.inbox.actions import report_sending, reports
from amends.inbox.actions.report_sending import Ready
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.report_files import as_file, file_name
from amends.inbox.rules.reports import Every, FileKind, Part, Schedule, SpanRule, next_turn, period_for, turn_due
from amends.inbox.rules.rights import EVERYTHING, Carries
from amends.inbox.store import report_sendings
from amends.inbox.store.reports import Kept
from amends.inbox.store.sessions import Visitor
from amends.worker.names import Task
from amends.worker.reporting import send_one_report
from tests.cast import CY, NOON, a_post
from tests.desk import DAY, HOUR, Desk
from tests.mailbox import a_mailbox
from tests.workplace import Workplace

BERLIN = ZoneInfo("Europe/Berlin")
WISH = Kept(
    name="Monday",
    span=SpanRule.DAYS_7,
    condition="",
    parts=[part.value for part in Part if part is not Part.ASSIGNEE],
    zone="Europe/Berlin",
    language="en",
    every=Every.DAY,
    on_day=1,
    at_minute=8 * 60,
    files=["csv", "xlsx"],
    people=[],
)


def a_person(conn: Connection, name: str, role: str) -> Visitor:
    agent_id = fetch_values(
        conn,
        """
        insert into agents (email, name, role, password_hash, created_at) values (%(n)s || '@desk.example', %(n)s, %(role)s, 'x', now())
        returning id
        """,
        {"n": name, "role": role},
    )[0]
    return Visitor(
        agent_id=agent_id,
        name=name,
        email=f"{name}@desk.example",
        role=role,
        csrf_token="",
        expires_at=None,
        teams=None if role != "lead" else (),
        sources=None,
        carries=Carries.EVERYTHING,
    )


@pytest.fixture
def mia(desk: Desk) -> Visitor:
    """A manager."""
    return a_person(desk.conn, "mia", "manager")


def saved(desk: Desk, owner: Visitor, **facts: object) -> int:
    wish = replace(WISH, people=[owner.agent_id], **facts)  # pyright: ignore[reportArgumentType]
    return reports.save(desk.conn, wish, visitor=owner, now=desk.now)


def sent(desk: Desk, at: datetime) -> list[Ready]:
    """Let the worker come by at a moment, with a mail server that takes everything."""
    report_sending.plan(desk.conn, now=at)
    found: list[Ready] = []
    while claimed := report_sending.claim(desk.conn, now=at):
        ready = report_sending.prepare(desk.conn, claimed, base="http://desk.example", now=at)
        if ready:
            found.append(ready)
            report_sending.record_sent(desk.conn, claimed, now=at)
    return found


def states(desk: Desk) -> list[str]:
    return fetch_values(desk.conn, "select state from report_sendings order by id")


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        (SpanRule.YESTERDAY, (2026, 3, 29), (2026, 3, 30)),
        (SpanRule.LAST_WEEK, (2026, 3, 23), (2026, 3, 30)),
        (SpanRule.LAST_MONTH, (2026, 2, 1), (2026, 3, 1)),
        (SpanRule.LAST_QUARTER, (2025, 10, 1), (2026, 1, 1)),
        (SpanRule.LAST_YEAR, (2025, 1, 1), (2026, 1, 1)),
        (SpanRule.DAYS_30, (2026, 2, 28), (2026, 3, 30)),
    ],
)
def test_a_report_looks_at_whole_days_of_its_zone_before_the_day_it_is_made(
    rule: SpanRule, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    found = period_for(rule, datetime(2026, 3, 30, 6, tzinfo=UTC), BERLIN)
    assert found.since == datetime(*first, tzinfo=BERLIN)
    assert found.until == datetime(*last, tzinfo=BERLIN)


def test_a_turn_is_at_the_same_time_on_the_wall_whatever_summer_time_does() -> None:
    schedule = Schedule(every=Every.DAY, on_day=1, at_minute=8 * 60, zone=BERLIN)
    before = datetime(2026, 3, 28, 8, tzinfo=BERLIN)
    turn = next_turn(schedule, before)
    assert turn is not None
    assert turn == datetime(2026, 3, 29, 8, tzinfo=BERLIN)
    assert turn - before.astimezone(UTC) == timedelta(hours=23)


def test_a_time_that_summer_time_leaves_out_comes_when_it_is_over_and_one_that_is_there_twice_comes_once() -> None:
    schedule = Schedule(every=Every.DAY, on_day=1, at_minute=150, zone=BERLIN)
    assert next_turn(schedule, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = next_turn(schedule, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert autumn is not None
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_turn(schedule, autumn) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_the_day_of_a_short_month_is_its_last() -> None:
    schedule = Schedule(every=Every.MONTH, on_day=31, at_minute=0, zone=ZoneInfo("UTC"))
    found = [datetime(2028, 1, 15, tzinfo=UTC)]
    for _ in range(4):
        found.append(next_turn(schedule, found[-1]) or NOON)
    assert [(one.month, one.day) for one in found[1:]] == [(1, 31), (2, 29), (3, 31), (4, 30)]


def test_each_week_has_one_turn_and_of_several_missed_the_newest_is_due() -> None:
    schedule = Schedule(every=Every.WEEK, on_day=1, at_minute=480, zone=BERLIN)
    first = next_turn(schedule, datetime(2026, 3, 1, tzinfo=UTC))
    assert first is not None
    assert first == datetime(2026, 3, 2, 8, tzinfo=BERLIN)
    assert turn_due(schedule, first, datetime(2026, 3, 25, tzinfo=UTC)) == datetime(2026, 3, 23, 8, tzinfo=BERLIN)


def test_a_report_goes_out_once_for_each_turn(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia)
    assert sent(desk, desk.now) == []
    due = desk.now + DAY
    (letter,) = sent(desk, due)
    assert letter.to == "mia@desk.example"
    assert letter.message.title.startswith("Monday: ")
    assert sent(desk, due) == sent(desk, due + HOUR) == []
    assert len(sent(desk, due + DAY)) == 1
    assert fetch_values(desk.conn, "select count(distinct turn) from report_sendings") == [2]


def test_after_a_long_pause_of_the_desk_nobody_gets_the_mails_of_all_mornings(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia)
    assert len(sent(desk, desk.now + 30 * DAY)) == 1


def test_what_was_being_sent_by_who_died_goes_again_with_the_same_key(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia)
    due = desk.now + DAY
    report_sending.plan(desk.conn, now=due)
    first = report_sending.claim(desk.conn, now=due)
    assert first
    assert report_sending.claim(desk.conn, now=due) is None
    again = report_sending.claim(desk.conn, now=due + report_sending.LEASE)
    assert again
    keys = {
        ready.message.key
        for one in (first, again)
        if (ready := report_sending.prepare(desk.conn, one, base="http://desk.example", now=due)) is not None
    }
    assert len(keys) == 1


def test_what_breaks_whoever_makes_it_is_given_up_in_the_end(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia)
    at = desk.now + DAY
    report_sending.plan(desk.conn, now=at)
    for broken in range(report_sending.MOST_TRIES):
        claimed = report_sending.claim(desk.conn, now=at + broken * report_sending.LEASE)
        assert claimed
        assert report_sending.prepare(desk.conn, claimed, base="http://desk.example", now=at)
    last = report_sending.claim(desk.conn, now=at + DAY)
    assert last
    with pytest.raises(Refused):
        report_sending.prepare(desk.conn, last, base="http://desk.example", now=at)


def test_trouble_is_tried_again_and_told_when_it_is_final(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia)
    at = desk.now + DAY
    report_sending.plan(desk.conn, now=at)
    claimed = report_sending.claim(desk.conn, now=at)
    assert claimed
    report_sending.record_trouble(desk.conn, claimed, DeliveryError("away"), now=at)
    assert states(desk) == ["queued"]
    assert report_sending.claim(desk.conn, now=at) is None
    again = report_sending.claim(desk.conn, now=at + HOUR)
    assert again
    report_sending.record_trouble(desk.conn, again, DeliveryError("no such address", permanent=True), now=at)
    assert states(desk) == ["failed"]
    told = fetch_values(desk.conn, "select (facts ->> 'whom')::bigint from events where kind = 'report_failed'")
    assert told == [mia.agent_id]


def test_whose_owner_may_not_see_numbers_any_more_is_paused_and_the_owner_told(desk: Desk, mia: Visitor) -> None:
    report_id = saved(desk, mia)
    execute(desk.conn, "update agents set role = 'agent' where id = %(id)s", {"id": mia.agent_id})
    assert sent(desk, desk.now + DAY) == []
    assert fetch_values(desk.conn, "select trouble from reports where id = %(id)s", {"id": report_id}) != [""]
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'report_failed'") == [1]
    assert sent(desk, desk.now + 2 * DAY) == []


def test_a_reader_who_may_not_see_numbers_any_more_gets_none(desk: Desk, mia: Visitor) -> None:
    lea = a_person(desk.conn, "lea", "lead")
    reports.save(desk.conn, replace(WISH, people=[lea.agent_id, mia.agent_id]), visitor=mia, now=desk.now)
    execute(desk.conn, "update agents set active = false where id = %(id)s", {"id": lea.agent_id})
    assert [letter.to for letter in sent(desk, desk.now + DAY)] == ["mia@desk.example"]
    assert sorted(states(desk)) == ["sent", "skipped"]


def test_a_leads_report_holds_the_cases_of_their_teams_whoever_reads_it(desk: Desk, mia: Visitor) -> None:
    desk.hear(a_post("My bag is lost!", external_id="bag"))
    lea = a_person(desk.conn, "lea", "lead")
    teams = fetch_values(desk.conn, "insert into teams (name, created_at) values ('North', now()), ('South', now()) returning id")
    execute(desk.conn, "insert into team_members (team_id, agent_id) values (%(t)s, %(a)s)", {"t": teams[0], "a": lea.agent_id})
    execute(desk.conn, "update cases set team_id = %(t)s", {"t": teams[1]})
    for owner in (lea, mia):
        reports.save(desk.conn, replace(WISH, name=owner.name, files=["csv"], people=[mia.agent_id]), visitor=owner, now=desk.now)
    letters = {letter.message.title.split(":")[0]: letter for letter in sent(desk, desk.now + DAY)}
    begun = {name: _begun(letter) for name, letter in letters.items()}
    assert begun == {"lea": "0", "mia": "1"}


def test_a_report_of_a_colleague_goes_to_nobody_who_may_not_compare_and_its_owner_is_told(desk: Desk, mia: Visitor) -> None:
    lea = a_person(desk.conn, "lea", "lead")
    execute(desk.conn, "update number_settings set compare_agents = '{manager}'")
    wish = replace(WISH, name="Ada", condition="assignee:ada", people=[mia.agent_id, lea.agent_id])
    report_id = reports.save(desk.conn, wish, visitor=mia, now=desk.now)
    assert refused(desk, desk.now + DAY) == {lea.agent_id}
    execute(desk.conn, "update number_settings set compare_agents = '{}'")
    assert refused(desk, desk.now + 2 * DAY) == {lea.agent_id, mia.agent_id}
    assert fetch_values(desk.conn, "select (facts ->> 'whom')::bigint from events where kind = 'report_failed'") == [mia.agent_id] * 3
    execute(desk.conn, "update reports set condition = 'assignee:me' where id = %(id)s", {"id": report_id})
    assert refused(desk, desk.now + 3 * DAY) == {lea.agent_id}, "in a mail “me” is its owner"


def refused(desk: Desk, at: datetime) -> set[int]:
    """Let the worker come by, and return to whom it would not send what is due."""
    report_sending.plan(desk.conn, now=at)
    found: set[int] = set()
    while claimed := report_sending.claim(desk.conn, now=at):
        try:
            report_sending.prepare(desk.conn, claimed, base="http://desk.example", now=at)
        except Refused as error:
            report_sending.record_trouble(desk.conn, claimed, error, now=at)
            found.add(claimed.agent_id)
        else:
            report_sending.record_sent(desk.conn, claimed, now=at)
    return found


def test_a_report_that_goes_late_waits_for_who_waits_until_it_is_made(desk: Desk, mia: Visitor) -> None:
    saved(desk, mia, parts=["times"])
    desk.hear(a_post())
    desk.now += 20 * HOUR
    desk.answer()
    for name in ("ola", "ron"):
        desk.hear(a_post(author=replace(CY, external_id=name, handle=name)))
    [letter] = sent(desk, NOON + 40 * HOUR)
    since = next(line for line in _lines(letter, "csv") if line[:1] == ["published → first answer"])
    assert letter.message.title == "Monday: 24 Feb 2026 to 2 Mar 2026 (Europe/Berlin)"
    assert since[1] == "", "one of three has an answer"


def test_a_part_that_its_reader_may_not_see_says_so_in_every_file(desk: Desk, mia: Visitor) -> None:
    execute(desk.conn, "update number_settings set compare_agents = '{manager}'")
    saved(desk, mia, parts=["assignee", "network"])
    execute(desk.conn, "update number_settings set compare_agents = '{}'")
    [letter] = sent(desk, desk.now + DAY)
    why = "Numbers of single agents are not compared here; an administrator can say who may."
    assert [line for line in _lines(letter, "csv") if line[:1] in (["By agent"], [why])] == [["By agent"], [why]]
    assert why in letter.html
    with ZipFile(BytesIO(letter.enclosed[1].content)) as book:
        assert why in book.read("xl/sharedStrings.xml").decode()


def _lines(letter: Ready, kind: str) -> list[list[str]]:
    [content] = [one.content for one in letter.enclosed if one.name.endswith(kind)]
    return list(csv.reader(content.decode().splitlines()))


def _begun(letter: Ready) -> str:
    text = letter.enclosed[0].content.decode()
    return next(line.split(",")[1] for line in text.splitlines() if line.startswith("begun,"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts": []},
        {"name": " "},
        {"people": []},
        {"condition": "brand:nobody"},
        {"parts": ["assignee"]},
        {"people": [0]},
        {"condition": "-assignee:ada"},
    ],
)
def test_a_report_that_cannot_be_is_refused(desk: Desk, mia: Visitor, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        reports.save(desk.conn, replace(WISH, **({"people": [mia.agent_id]} | wrong)), visitor=mia, now=desk.now)  # pyright: ignore[reportArgumentType]


def test_a_trial_goes_to_who_asks_alone_even_while_the_report_is_paused(desk: Desk, mia: Visitor) -> None:
    report_id = saved(desk, mia)
    reports.pause(desk.conn, report_id, visitor=mia, now=desk.now)
    reports.try_out(desk.conn, report_id, visitor=mia, now=desk.now)
    assert [letter.message.title.split(":")[0] for letter in sent(desk, desk.now + 3 * DAY)] == ["Trial"]
    reports.resume(desk.conn, report_id, visitor=mia, now=desk.now + 3 * DAY)
    assert len(sent(desk, desk.now + 4 * DAY)) == 1
    assert len(report_sendings.log(desk.conn, report_id)) == 2


def test_what_is_removed_does_not_go_out_and_comes_back_with_its_next_turn(desk: Desk, mia: Visitor) -> None:
    report_id = saved(desk, mia)
    reports.delete(desk.conn, report_id, visitor=mia, now=desk.now)
    assert sent(desk, desk.now + DAY) == []
    reports.restore(desk.conn, report_id, visitor=mia, now=desk.now + DAY)
    assert len(sent(desk, desk.now + 2 * DAY)) == 1


def test_a_file_has_real_numbers_and_runs_no_strangers_words(desk: Desk, mia: Visitor) -> None:
    desk.hear(a_post("My bag is lost!", external_id="bag"))
    execute(desk.conn, "update sources set handle = '=cmd()'")
    report_id = saved(desk, mia, parts=["source", "days"])
    report = reports.seen(desk.conn, report_id, mia)
    asker = Asker(agent_id=mia.agent_id, now=desk.now + DAY, scope=EVERYTHING)
    made = reports.document(desk.conn, report, asker, turn=asker.now, reader=mia.agent_id, compares=False, path="/reports/1")
    text = as_file(made, FileKind.CSV, "").decode()
    assert "'=cmd()" in text
    assert "\n=cmd()" not in text
    with ZipFile(BytesIO(as_file(made, FileKind.XLSX, ""))) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/" in name)
        assert "=cmd()" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheets
    assert '<c r="B5"' in sheets
    assert "<svg" not in as_file(made, FileKind.HTML, "").decode()
    assert file_name(made, FileKind.XLSX).startswith("monday-2026-")


def test_a_file_is_called_as_its_report_is_in_whatever_script_and_one_day_is_said_once(desk: Desk, mia: Visitor) -> None:
    report_id = saved(desk, mia, name="Jährlich அறிக்கை", span=SpanRule.YESTERDAY)
    asker = Asker(agent_id=mia.agent_id, now=desk.now, scope=EVERYTHING)
    report = reports.seen(desk.conn, report_id, mia)
    made = reports.document(desk.conn, report, asker, turn=desk.now, reader=mia.agent_id, compares=False, path="/reports/1")
    assert file_name(made, FileKind.CSV) == "jahrlich-arikkai-2026-03-01.csv"
    assert (made.days.count("2026"), made.days.endswith(" (Europe/Berlin)")) == (1, True)


def test_the_worker_hands_the_mail_over_once_and_tells_where_there_is_no_mail_server(pool: Pool) -> None:
    work = Workplace(pool=pool)
    with pool.transaction() as conn:
        mia = a_person(conn, "mia", "manager")
        reports.save(conn, replace(WISH, people=[mia.agent_id]), visitor=mia, now=work.now)
    with a_mailbox() as post:
        mail_url = SecretStr(f"smtp://127.0.0.1:{post.port}/?from=desk@desk.example")
        for _ in range(2):
            work.now += DAY
            at = replace(work.context, settings=work.context.settings.model_copy(update={"mail_url": mail_url}))
            while send_one_report(at):
                pass
            assert not send_one_report(at)
    first, second = post.letters
    assert first["Message-ID"] != second["Message-ID"]
    body = first.get_body(("html",))
    assert body is not None
    assert "Resolutions that held" in body.get_content()
    assert [part.get_filename() for part in first.iter_attachments()] == ["monday-2026-02-24.csv", "monday-2026-02-24.xlsx"]
    work.now += DAY
    work.perform(Task.SEND_REPORTS)
    with pool.transaction() as conn:
        assert fetch_values(conn, "select state from report_sendings order by id") == ["sent", "sent", "failed"]
        assert fetch_values(conn, "select facts ->> 'why' from events where kind = 'report_failed'") != []
