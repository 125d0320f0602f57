"""What is exported and imported into an empty desk gives the same records, whatever people are called and whatever they write."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.core.database import Connection
from amends.inbox.rules.export_files import ENDINGS, WRITERS, as_it_came, harmless, read_back
from amends.inbox.rules.person import Person, PersonDate, PersonOrganisation, PersonWay
from amends.inbox.store import persons
from tests.cast import NOON, ada
from tests.importing import Importing

ADA = "ada@amends.example"
NAMES = st.sampled_from(
    ["Kavindi Perera", "කවිඳි පෙරේරා", "ሰላም ተስፋዬ", "கவிதா", "ಕವಿತಾ", "ਕਵਿਤਾ", "José Núñez; O'Neil", "=HYPERLINK(1)", "'-1",
     '"quoted", name', "@x"]
)  # fmt: skip
LINES = st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).map(lambda text: unicodedata.normalize("NFC", text))
OTHER_DAYS = (
    PersonDate(kind="anniversary", month=6, day=4, year=2011),
    PersonDate(kind="renewal", month=12, day=31),
    PersonDate(kind="other", month=6, day=4, year=2011, name="=Tag; des, Umzugs"),
)
DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2020, 1, 1))


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Return some people whose addresses are their own."""
    return [
        Person(
            id=number,
            version=1,
            name=draw(NAMES),
            created_at=NOON,
            pronoun=draw(st.sampled_from(["", "she", "they/them"])),
            languages=draw(st.lists(st.sampled_from(["ta", "si", "en", "am"]), unique=True)),
            zone=draw(st.sampled_from(["", "Asia/Colombo"])),
            loyalty_number=draw(st.sampled_from(["", "0012", "-7", "+1"])),
            preferences=draw(st.just("") | TEXTS),
            concerns=draw(st.just("") | TEXTS),
            tags=draw(st.lists(st.sampled_from(["vip", "a b", "=x", "நண்பர்"]), unique=True)),
            do_not_contact=draw(st.booleans()),
            owner=draw(st.sampled_from(["", ADA])),
            ways=[
                *[PersonWay(kind="email", value=f"k{number}.{n}@mail.example", label="work") for n in range(draw(st.integers(0, 6)))],
                *[PersonWay(kind="phone", value=f"+94 77 {number:03}{n:04}") for n in range(draw(st.integers(0, 3)))],
                *[PersonWay(kind="post", value="12 Galle Road, Colombo", label="home") for _n in range(draw(st.integers(0, 1)))],
            ],
            dates=draw(
                st.just([])
                | DATES.map(lambda day: [PersonDate(kind="birthday", month=day.month, day=day.day, year=day.year)])
                | st.just([PersonDate(kind="birthday", month=2, day=29)])
            )
            + draw(st.lists(st.sampled_from(OTHER_DAYS), unique=True)),
            organisations=draw(st.just([]) | st.just([PersonOrganisation(name="Lanka, Air; Ltd", role="Pilot")])),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]


def told(person: Person) -> tuple[object, ...]:
    """Return what a file tells of somebody."""
    return (
        person.name,
        person.pronoun,
        list(person.languages),
        person.zone,
        list(person.tags),
        [way.value for way in person.ways_of("email")],
        [way.value for way in person.ways_of("phone")],
        [way.value for way in person.ways_of("post")],
        person.day("birthday"),
        sorted((one.kind, one.text, one.name) for one in person.dates),
        list(person.organisations),
        person.loyalty_number,
        person.preferences,
        person.concerns,
        person.do_not_contact,
        person.owner,
    )


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_people=people())
def test_an_export_imported_into_an_empty_desk_gives_the_same_records(kind: str, given_people: list[Person], conn: Connection) -> None:
    with conn.transaction(force_rollback=True):
        desk, _ada = Importing(conn=conn), ada(conn)
        content = WRITERS[kind](given_people, [], stamp="elsewhere", first=True)

        done = desk.whole(content, name=f"people.{ENDINGS[kind]}", system="amends")

        assert desk.refused(done) == []
        found = persons.page(conn, after=0, limit=100)
        assert [told(person) for person in found] == [told(person) for person in given_people]


@given(st.text(max_size=30) | st.text(";\t\n'\"=+-a", max_size=30))
def test_what_a_spreadsheet_could_run_is_made_harmless_and_read_back_as_it_was(text: str) -> None:
    assert read_back(harmless(text)) == text
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r")) for cell in re.split("[;\t\r\n]", harmless(text)))


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
def test_a_formula_that_begins_with_a_wide_sign_is_made_harmless_too(sign: str) -> None:
    assert harmless(f"{sign}1") == f"'{sign}1"
    assert read_back(f"'{sign}1") == f"{sign}1"


@given(st.text(max_size=30), st.sampled_from(sorted(WRITERS)))
def test_a_refused_cell_that_is_imported_again_means_the_same(cell: str, kind: str) -> None:
    assert read_back(as_it_came(cell, kind)) == (read_back(cell) if kind == "csv" else cell)
