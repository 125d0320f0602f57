"""Two tabs, or two people, on one form: the later of them is told, and nobody's words are written over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.desk import MINUTE
from tests.door import Answer, Door


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form that changes what `made` made: where it is shown, where it goes, and what it needs besides a name."""

    makes: str
    made: Mapping[str, object]
    shown: str
    more: Mapping[str, object] = field(default_factory=dict[str, object])
    goes: str = ""


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
}


def seen_in(answer: Answer) -> str:
    return answer.text.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.parametrize("name", FORMS)
def test_what_was_changed_in_another_tab_is_not_written_over(name: str, door: Door) -> None:
    form, client = FORMS[name], door.visitor(door.who.mia)
    assert client.post(form.makes, data={"name": "As it was", **form.made}).status_code == 200
    seen = seen_in(client.get(form.shown))
    door.now += MINUTE

    def save(name: str, seen: str) -> Answer:
        return client.post(form.goes or form.shown, data={"name": name, **form.more, "seen": seen}, headers={"HX-Request": "true"})

    first = save("The first", seen)
    assert (first.status_code, bool(seen), seen_in(first) not in {"", seen}) == (200, True, True), first.text
    late = save("The late one", seen)
    assert (late.status_code, late.json()["error"]) == (409, "conflict")
    assert "The late one" not in client.get(form.shown).text
    assert save("The late one", seen_in(client.get(form.shown))).status_code == 200
