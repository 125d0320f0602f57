"""What a program sees of a translation's faults, and how the words of the screens are written in each language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from amends.api import script_words
from amends.api.words import VIEWS, ordinal, reason
from amends.cli.translating.faults import check, fault_of
from amends.cli.translating.files import LANGUAGES, PLURALS, as_file, read, renewed
from amends.core.translating import ENGLISH, speaking
from amends.core.written import (
    ago,
    appointment,
    clock,
    count,
    day,
    dollars,
    hour,
    language_name,
    listed,
    listed_with_and,
    locale,
    month,
    number,
    percent,
    short_day,
    span,
    stamp,
    weekday,
)

NOON = datetime(2026, 3, 2, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("english", "translated", "fault"),
    [
        ("%(name)s took the case", "%(name)s tomó el caso", ""),
        ("%(name)s took the case", "tomó el caso", "it leaves out name"),
        ("%(name)s took the case", "%(nombre)s tomó el caso", "it names nombre, which the English text does not"),
        (("%(n)s post", "%(n)s posts"), ("una publicación", "%(n)s publicaciones"), ""),
        (("%(who)s: %(n)s post", "%(who)s: %(n)s posts"), ("una publicación", "%(who)s: %(n)s"), "it leaves out who"),
        ("Try <code>now</code>", "Prueba <code>ya</code>", ""),
        ("Try <code>now</code>", "Prueba ya", "its markup is not that of the English text"),
        ("Remove", 'Quitar "eso"', 'it holds one of "<>; use quotation marks of the language'),
        ("Half of it", "50 % de ello", "a % stands alone in it; write %%"),
    ],
)
def test_a_fault_of_a_translation_is_named(english: str | tuple[str, ...], translated: str | tuple[str, ...], fault: str) -> None:
    assert fault_of(Message(english, translated)) == fault


def test_what_is_not_translated_or_unsure_is_counted() -> None:
    catalog = Catalog(locale="es")
    catalog.add("Resolved", "Resuelto")
    catalog.add("Mine", "")
    catalog.add("Unassigned", "Sin asignar", flags=["fuzzy"])
    state = check(catalog, "es")
    assert (state.texts, state.translated, state.untranslated, state.fuzzy) == (3, 1, ("Mine",), ("Unassigned",))


def test_an_update_keeps_what_is_translated_and_drops_what_is_gone(tmp_path: Path) -> None:
    old, new = Catalog(locale="ta"), Catalog()
    old.add("Mine", "என்னுடையவை")
    old.add("Gone", "போனது")
    new.add("Mine")
    new.add("New")
    (tmp_path / "ta.po").write_bytes(as_file(old, "ta"))
    (tmp_path / "ta.po").write_bytes(as_file(renewed("ta", new, tmp_path), "ta"))
    assert {message.id: message.string for message in read("ta", tmp_path) if message.id} == {"Mine": "என்னுடையவை", "New": ""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_counts_as_the_screens_of_its_language_do(language: str) -> None:
    with speaking(language):
        category = locale().plural_form
    catalog = read(language)
    assert catalog.plural_forms.rstrip(";") == PLURALS[language].rstrip(";")
    forms = {0: PLURALS[language].endswith("(n > 1);"), 1: True, 2: False, 11: False}
    assert {n: category(n) == "one" for n in forms} == forms


@pytest.mark.parametrize("language", [ENGLISH, *LANGUAGES])
def test_a_page_puts_days_and_hours_together_as_the_server_does(language: str) -> None:
    with speaking(language):
        told = script_words.texts()
        for moment in (datetime(2026, month, 8, 9, 5, tzinfo=UTC) for month in range(1, 13)):
            parts = {"y": moment.year, "MMM": told["months"][moment.month - 1], "d": moment.day, "HH": "09", "H": 9, "mm": "05"}
            ways = [told["texts"][name] % parts for name in ("date", "day", "hour")]
            assert ways == [day(moment), short_day(moment), hour(moment)]


def test_numbers_and_times_are_written_as_the_language_does() -> None:
    with speaking("es"):
        assert (number(12345), percent(0.5), language_name("ta")) == ("12.345", "50\N{NO-BREAK SPACE}%", "tamil")
    with speaking("si"):
        assert stamp(NOON).startswith("2026 මාර්")


@pytest.mark.parametrize("language", [ENGLISH, *LANGUAGES])
def test_lists_dates_and_numbers_of_any_size_are_written_in_every_language(language: str) -> None:
    with speaking(language):
        for words in ([], ["a"], ["a", "b"], ["a", "{0}", "c %s"], ["a", "b", "c", "d", "e"]):
            told = [way(words) for way in (listed, listed_with_and)]
            assert all(word in one for word in words for one in told)
        for moment in (NOON + timedelta(days=31 * n) for n in range(12)):
            assert all(way(moment) for way in (appointment, month, stamp))
            assert clock(moment, NOON)
        assert all(map(weekday, range(7)))
        assert all(way(value) for way in (number, count, percent, dollars) for value in (0, 1, 999, 10_000, 1_234_567, 2_000_000_000))


def test_english_is_as_it_was() -> None:
    assert (number(12345), number(0.5, 2), percent(0.874), dollars(3.2)) == ("12,345", "0.50", "87%", "$3.20")


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0, "0%"),
        (1e-7, "<0.1%"),
        (0.003, "0.3%"),
        (0.00499, "0.5%"),
        (0.29, "29%"),
        (0.994, "99%"),
        (0.996, "99.6%"),
        (0.9999, ">99.9%"),
        (1, "100%"),
    ],
)
def test_a_share_is_nothing_or_all_only_where_it_is(share: float, told: str) -> None:
    assert percent(share) == told
    assert (stamp(NOON), clock(NOON, NOON), clock(NOON, NOON + timedelta(days=1))) == ("2 Mar 2026, 12:03 UTC", "12:03", "2 Mar, 12:03")
    assert (appointment(NOON), month(NOON)) == ("Mon 2 Mar, 12:03", "Mar 2026")
    assert [span(timedelta(minutes=m)) for m in (0.5, 12, 60, 130, 60 * 76, 60 * 24 * 8)] == [
        "30 s",
        "12 min",
        "1 h",
        "2 h 10 min",
        "3 d 4 h",
        "8 d",
    ]
    assert (ago(NOON, NOON), ago(NOON, NOON + timedelta(hours=3)), ago(NOON + timedelta(days=1), NOON)) == ("just now", "3 h ago", "in 1 d")
    assert (listed(["a", "b", "c"]), listed_with_and(["a", "b", "c"])) == ("a, b, c", "a, b and c")
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 22)] == ["1st", "2nd", "3rd", "4th", "11th", "22nd"]


def test_a_table_of_words_speaks_the_language_of_the_moment() -> None:
    assert (VIEWS["mine"], VIEWS.get("nothing"), list(VIEWS)[:2]) == ("Mine", None, ["open", "mine"])
    assert (reason("vulnerable person"), reason("of an older version")) == ("vulnerable person", "of an older version")


@pytest.mark.parametrize("language", [ENGLISH, *LANGUAGES])
def test_the_scripts_have_every_text_in_each_plural_form(language: str) -> None:
    with speaking(language):
        told = script_words.texts()
    assert told["locale"].split("-")[0] == language
    assert told["texts"]["as_posts"].keys() >= {"one", "other"}
