"""Two tabs, or two people, on one form: the later of them is told, and nobody's words are written over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.desk import MINUTE
from tests.door import Answer, Door


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
    "organisation": Form(
        makes="/organisations", made={"kind": "company"}, shown="/organisations/1", more={"kind": "company", "remind_days": "30"}
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
    "topic": Form(makes="/settings/topics", made={}, shown="/settings/topics/1", goes="/settings/topics/1/name"),
}


def undo_of(answer: Answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]


def seen_in(answer: Answer, goes: str) -> str:
    """Return the mark in the form that goes there, or the one that takes its place."""
    form = answer.text.partition(f'hx-post="{goes}"')[2] or answer.text
    return form.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.parametrize("name", FORMS)
def test_what_was_changed_in_another_tab_is_not_written_over(name: str, door: Door) -> None:
    form, client = FORMS[name], door.visitor(door.who.ann)
    goes = form.goes or form.shown
    for one in (form.needs, form):
        assert one is None or client.post(one.makes, data={one.typed: one.words[0], **one.made}).is_success
    _, the_first, the_late = form.words
    seen = seen_in(client.get(form.shown), goes)
    door.now += MINUTE

    def save(words: str, seen: str) -> Answer:
        data = {form.typed: words, **form.more, "seen": seen}
        return client.post(goes, data=data, headers={"HX-Request": "true"})

    first = save(the_first, seen)
    assert (first.status_code, bool(seen), seen_in(first, goes) not in {"", seen}) == (200, True, True), first.text
    late = save(the_late, seen)
    assert (late.status_code, late.json()["error"]) == (409, "conflict")
    assert the_late not in client.get(form.shown).text
    assert save(the_late, seen_in(client.get(form.shown), goes)).status_code == 200


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
