"""Two tabs, or two people, on one form: the later of them is told, and nobody's words are written over."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from fastapi.testclient import TestClient

from amends.core.database import Connection, connect, execute, fetch_values
from tests.desk import MINUTE
from tests.door import Answer, Door
from tests.streamers import until


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form that changes what `made` made: where it is shown, where it goes, what is `typed` into it, and what it takes besides."""

    makes: str
    made: Mapping[str, object]
    shown: str
    more: Mapping[str, object] = field(default_factory=dict[str, object])
    goes: str = ""
    typed: str = "name"
    words: tuple[str, str, str] = ("As it was", "The first", "The late one")
    needs: "Form | None" = None


TURNS = {"zone": "UTC", "turn": "day", "clock": "09:00", "begins_on": "2026-03-01", "line": ["1:1"]}
ROTA = Form(makes="/on-call/rotas", made=TURNS, shown="/on-call", more=TURNS, goes="/on-call/rotas/1")
RATE = {"kind": "rate", "condition": "lost", "minutes": "60", "least": "3"}
REPORT = {"span": "days_7", "parts": ["figures"], "zone": "UTC"}
INCIDENT = Form(makes="/incidents", made={"brand_id": "1"}, shown="/incidents/1", more={"brand_id": "1", "severity": "high"})
ORGANISATION = Form(
    makes="/organisations", made={"kind": "company"}, shown="/organisations/1", more={"kind": "company", "remind_days": "30"}
)
SOURCE = {"network": "x"}
KEPT = {"kind": "notes", "source": ""}
FORMS = {
    "team": Form(makes="/settings/teams", made={}, shown="/settings/teams/1", more={"gives": "nobody", "zone": "UTC", "day": [""] * 7}),
    "policy": Form(makes="/settings/sla", made={"first": "30min"}, shown="/settings/sla/1", more={"first": "1h"}),
    "calendar": Form(
        makes="/settings/calendars",
        made={"zone": "UTC", "day": ["9-17"] * 7},
        shown="/settings/calendars",
        more={"zone": "UTC", "day": ["9-18"] * 7},
        goes="/settings/calendars/1",
    ),
    "organisation": ORGANISATION,
    "membership": Form(
        makes="/organisations/1/members",
        made={"customer": "1"},
        shown="/organisations/1",
        goes="/organisations/members/1",
        typed="role",
        needs=ORGANISATION,
    ),
    "segment": Form(makes="/segments", made={"q": "name:lost"}, shown="/segments/1", more={"q": "name:found"}),
    "incident": INCIDENT,
    "words after an incident": Form(
        makes="/incidents/1/answers/text",
        made={"language": "en"},
        shown="/incidents/1/answers",
        more={"language": "en"},
        goes="/incidents/1/answers/text",
        typed="text",
        needs=INCIDENT,
    ),
    "words of the question whether it is solved": Form(
        makes="/settings/follow-up/words",
        made={"language": "en", "subject": "Hi"},
        shown="/settings/follow-up",
        more={"language": "en", "subject": "Hi"},
        goes="/settings/follow-up/words",
        typed="body",
    ),
    "order numbers": Form(
        makes="/settings/personal", made={}, shown="/settings/personal", typed="shapes", words=("AB-######", "CD-######", "EF-######")
    ),
    "approvals": Form(
        makes="/settings/approvals", made={}, shown="/settings/approvals", typed="followers", words=("10001", "20002", "30003")
    ),
    "retention": Form(
        makes="/privacy/retention",
        made=KEPT,
        shown="/privacy/retention",
        more=KEPT,
        typed="days",
        words=("1001", "2002", "3003"),
    ),
    "attribute": Form(
        makes="/settings/attributes",
        made={"kind": "choice", "choices": "Yes"},
        shown="/settings/attributes",
        more={"choices": "Yes\nNo"},
        goes="/settings/attributes/1",
    ),
    "alarm route": Form(
        makes="/settings/alarm-routes",
        made={"rota": "1"},
        shown="/settings/alarm-routes",
        more={"rota": "1", "day": ["22:00-07:00"] * 7},
        goes="/settings/alarm-routes/1",
        needs=ROTA,
    ),
    "rule of rates": Form(makes="/settings/surges", made=RATE, shown="/settings/surges", more=RATE, goes="/settings/surges/2"),
    "report": Form(makes="/reports", made=REPORT, shown="/reports/1", more=REPORT),
    "occasion": Form(makes="/occasions", made={"kind": "birthday"}, shown="/occasions/1", more={"kind": "birthday"}),
    "rota": ROTA,
    "view": Form(makes="/views", made={"q": "lost"}, shown="/inbox/views", more={"q": "found"}, goes="/views/1"),
    "settings of a source": Form(
        makes="/sources",
        made=SOURCE | {"brand": "Corvane", "handle": "corvane", "credential_bearer_token": "t", "watch_mentions": "yes"},
        shown="/sources",
        more=SOURCE,
        goes="/sources/2/options",
        typed="option_user_id",
    ),
    "topic": Form(makes="/settings/topics", made={}, shown="/settings/topics/1", goes="/settings/topics/1/name"),
}


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def seen_in(answer: Answer, goes: str) -> str:
    """Return the mark in the form that goes there, or the one that takes its place."""
    form = answer.text.partition(f'hx-post="{goes}"')[2] or answer.text
    return form.partition('name="seen" value="')[2].partition('"')[0]


def make(form: Form, client: TestClient, made: list[Form]) -> None:
    """Make what the form changes, and before it what that needs; what is in `made` is there already."""
    if form.needs:
        make(form.needs, client, made)
    if form not in made:
        assert client.post(form.makes, data={form.typed: form.words[0], **form.made}).is_success, form.makes
        made.append(form)


def save(form: Form, client: TestClient, words: str, seen: str) -> Answer:
    data = {form.typed: words, **form.more, "seen": seen}
    return client.post(form.goes or form.shown, data=data, headers={"HX-Request": "true"})


@pytest.mark.parametrize("name", FORMS)
def test_what_was_changed_in_another_tab_is_not_written_over(name: str, door: Door) -> None:
    form, client = FORMS[name], door.visitor(door.who.ann)
    goes = form.goes or form.shown
    make(form, client, [])
    _, the_first, the_late = form.words
    seen = seen_in(client.get(form.shown), goes)
    door.now += MINUTE
    first = save(form, client, the_first, seen)
    assert (first.status_code, bool(seen), seen_in(first, goes) not in {"", seen}) == (200, True, True), first.text
    late = save(form, client, the_late, seen)
    assert (late.status_code, late.json()["error"]) == (409, "conflict")
    assert the_late not in client.get(form.shown).text
    assert save(form, client, the_late, seen_in(client.get(form.shown), goes)).status_code == 200


def hold_all(conn: Connection) -> None:
    """Let others read everything, and write nothing but that they were here, until the transaction ends."""
    execute(
        conn,
        """
        do $$ begin execute (
          select 'lock table ' || string_agg(format('%I', tablename), ', ') || ' in exclusive mode' from pg_tables
          where schemaname = 'public' and tablename not in ('agents', 'sessions')
        ); end $$
        """,
    )


def both_wait(conn: Connection) -> bool:
    """Tell whether two others have come as far as they can."""
    return fetch_values(
        conn,
        """
        select count(distinct pid) from pg_locks
        where not granted and database = (select oid from pg_database where datname = current_database())
        """,
    ) == [2]


def test_of_two_who_save_in_the_same_moment_the_later_is_told(door: Door) -> None:
    two, made = [door.visitor(door.who.ann) for _ in range(2)], list[Form]()
    with ThreadPoolExecutor() as threads, connect(door.pool.url) as between:
        for name, form in FORMS.items():
            make(form, two[0], made)
            seen = seen_in(two[0].get(form.shown), form.goes or form.shown)
            door.now += MINUTE
            hold_all(between)
            both = [threads.submit(save, form, client, words, seen) for client, words in zip(two, form.words[1:], strict=True)]
            assert until(lambda: both_wait(between), seconds=60), name
            between.rollback()
            assert sorted(one.result(timeout=60).status_code for one in both) == [200, 409], name


@pytest.mark.parametrize(
    ("shown", "goes", "changes"),
    [
        ("/settings/people", "/settings/people/{ada}/teams", [{"team": ["1"]}, {"team": []}, {"team": ["1"]}]),
        (
            "/settings/teams",
            "/settings/teams/people/{ada}",
            [{"languages": code, "capacity": "5"} for code in ("ta", "si", "en")],
        ),
    ],
)
def test_what_a_colleague_is_in_and_can_take_is_not_written_over(
    door: Door, shown: str, goes: str, changes: list[Mapping[str, object]]
) -> None:
    client, goes = door.visitor(door.who.ann), goes.format(ada=door.who.ada)
    client.post("/settings/teams", data={"name": "Care"})
    seen = seen_in(client.get(shown), goes)

    def save_as(change: Mapping[str, object], seen: str) -> int:
        return client.post(goes, data={**change, "seen": seen}, headers={"HX-Request": "true"}).status_code

    assert ([save_as(change, seen) for change in changes[:2]], bool(seen)) == ([200, 409], True)
    assert save_as(changes[1], seen_in(client.get(shown), goes)) == save_as(changes[2], "") == 200


def test_what_an_occasion_says_in_a_language_is_not_written_over_from_another_tab(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/occasions", data={"name": "Birthdays", "kind": "birthday"})

    def write(text: str, seen: str) -> int:
        return client.post("/occasions/1/text", data={"language": "ta", "subject": "Hi", "text": text, "seen": seen}).status_code

    def seen() -> str:
        return client.get("/occasions/1").text.partition('name="language" value="ta">')[2].partition('value="')[2].partition('"')[0]

    nothing = seen()
    assert (write("The first", nothing), write("The late one", nothing)) == (200, 409)
    assert (write("The late one", seen()), write("By a program", "")) == (200, 200)


def test_the_way_back_of_a_view_takes_nothing_newer_back(door: Door) -> None:
    client = door.visitor(door.who.ada)
    client.post("/views", data={"q": "lost", "name": "As it was"})
    back = undo_of(client.post("/views/1", data={"q": "lost", "name": "The first"}))
    client.post("/views/1", data={"q": "lost", "name": "The newer one"})
    assert client.post(back).status_code == 409
    assert "The newer one" in client.get("/inbox/views").text


def test_a_note_on_an_incident_does_not_let_a_stale_description_through(door: Door) -> None:
    client = door.visitor(door.who.mia)
    client.post("/incidents", data={"name": "As it was", "brand_id": "1"})
    client.post("/incidents/1", data={"name": "By somebody else", "brand_id": "1", "severity": "high"})
    assert 'name="seen"' not in client.post("/incidents/1/notes", data={"text": "Looking into it", "language": "en"}).text
