"""The scenario's format, and the scenario that comes with Amends."""

import re
from collections import Counter
from pathlib import Path

import pytest

from amends.sandbox.faults import Fault, Mode
from amends.sandbox.records import Network, Temper
from amends.sandbox.scenario import ScenarioWrong, load
from amends.sandbox.script import Deed, Scenario
from amends.sandbox.words import X_LIMIT, weighted_length

HEAD = 'brand air name="Air Co" x=AirCo reddit=AirCo subreddit=AirCo\n'
SCRIPTS = {"si": "\u0d80-\u0dff", "am": "\u1200-\u137f", "ta": "\u0b80-\u0bff", "kn": "\u0c80-\u0cff", "pa": "\u0a00-\u0a7f"}


def read(folder: Path, text: str) -> Scenario:
    (folder / "one.txt").write_text(HEAD + text, encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="module")
def shipped() -> Scenario:
    return load()


def test_an_entry_is_read_with_its_truth(tmp_path: Path) -> None:
    scenario = read(tmp_path, "day 2\n\n08:05 x cy id=a media=photo-1 [si negative delay]\n    @AirCo first line\n\n    second\n")
    entry = scenario.entries[0]
    assert (entry.minute, entry.network, entry.who, entry.label, entry.media) == (24 * 60 + 8 * 60 + 5, Network.X, "cy", "a", "photo-1")
    assert (entry.language, entry.mood, entry.kind) == ("si", "negative", "delay")
    assert entry.text == "@AirCo first line\n\nsecond"


def test_the_first_line_of_a_submission_is_its_title(tmp_path: Path) -> None:
    entry = read(tmp_path, "08:05 reddit cyan in=AirCo [en neutral]\n    The title\n    The text\n").entries[0]
    assert (entry.title, entry.text, entry.subreddit) == ("The title", "The text", "AirCo")


def test_a_network_can_break_at_any_step(tmp_path: Path) -> None:
    entry = read(tmp_path, "day 2\n\n08:05 mastodon fault 503 count=3 path=/notifications method=GET\n").entries[0]
    assert (entry.minute, entry.network, entry.deed) == (24 * 60 + 8 * 60 + 5, Network.MASTODON, Deed.FAULT)
    assert entry.fault == Fault(id=0, network="mastodon", mode=Mode.UNAVAILABLE, path="/notifications", method="GET", count=3)


def test_people_keep_their_temper_and_their_accounts(tmp_path: Path) -> None:
    scenario = read(tmp_path, 'person cy x=cy_x reddit=cy_r name="Cy P" lang=ta temper=again followers=9\n    About Cy.\n')
    cy = scenario.people["cy"]
    assert (cy.x, cy.reddit, cy.name, cy.language, cy.temper, cy.followers, cy.about) == (
        "cy_x",
        "cy_r",
        "Cy P",
        "ta",
        Temper.AGAIN,
        9,
        "About Cy.",
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("08:05 x cy\n", 2, "there is no text under this line"),
        ("\n25:00 x cy\n    hi\n", 3, "`25:00` is neither a time"),
        ("08:05 x fault 999\n", 2, "a fault is written"),
        ("08:05 x fault 503 count=many\n", 2, "a fault is written"),
        ("08:05 geocities cy\n    hi\n", 2, "an entry begins"),
        ("08:05 x cy colour=red\n    hi\n", 2, "`colour=red` is not understood"),
        ("08:05 x cy [en angry]\n    hi\n", 2, "the brackets hold"),
        ("08:05 reddit cyan\n    hi\n", 2, "needs in=SUBREDDIT"),
        ("08:05 x cy reply=nobody\n    hi\n", 2, "there is no post with id=nobody"),
        ("08:05 x cy id=a\n    hi\n08:06 x dee id=a\n    hi\n", 4, "id=a is taken by one.txt:2"),
        ("08:05 x cy id=a\n    hi\n08:04 x dee reply=a\n    hi\n", 4, "a comes later than this line"),
        ("08:05 x cy id=a\n    hi\n08:06 reddit dee1 reply=a\n    hi\n", 4, "a is on another network"),
        ("08:05 x a_handle_that_is_too_long\n    hi\n", 2, "cannot be a handle on x"),
        ("person cy x=cy\n08:05 reddit cy in=AirCo\n    hi\n", 3, "cy has no account on reddit"),
        ('person cy name="open\n', 2, "No closing quotation"),
        ("day one\n", 2, "a day is written `day 1`"),
        ("template air en furious x\n    hi\n", 2, "a template is written"),
        ("reaction en silent\n    hi\n", 2, "a reaction is written"),
        ("brand half name=Half\n", 2, "a brand needs reddit, subreddit, x"),
    ],
)
def test_a_wrong_line_is_named_with_its_file_and_number(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioWrong, match=re.escape(words)) as wrong:
        read(tmp_path, text)
    assert str(wrong.value).startswith(f"one.txt:{line}: ")


def test_an_empty_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioWrong, match=r"no \.txt file here"):
        load(tmp_path)


def test_the_shipped_scenario_speaks_seven_languages_at_length(shipped: Scenario) -> None:
    said = [entry for entry in shipped.entries if entry.text or entry.title]
    assert len({(entry.title, entry.text) for entry in said}) == len(said) >= 250
    counts = Counter(entry.language for entry in said)
    assert all(counts[language] >= 20 for language in ("en", "es", *SCRIPTS))


@pytest.mark.parametrize("language", SCRIPTS)
def test_what_is_marked_as_a_language_is_written_in_its_script(shipped: Scenario, language: str) -> None:
    own = re.compile(f"[{SCRIPTS[language]}]")
    assert all(own.search(entry.text) for entry in shipped.entries if entry.language == language and entry.text)
    assert not any(own.search(entry.text) for entry in shipped.entries if entry.language == f"{language}-Latn")


def test_the_shipped_scenario_has_all_that_a_desk_must_cope_with(shipped: Scenario) -> None:
    kinds = Counter(entry.kind for entry in shipped.entries)
    assert {"delay", "baggage", "refund", "billing", "network", "outage", "delivery", "damaged", "staff", "safety"} <= kinds.keys()
    assert {"question", "praise", "noise", "spam", "sarcasm", "marketing", "thanks"} <= kinds.keys()
    assert {entry.deed for entry in shipped.entries} >= {Deed.REPLY, Deed.SHARE, Deed.QUOTE, Deed.EDIT, Deed.DELETE, Deed.REMOVE}
    both = {entry.who for entry in shipped.entries if entry.network is Network.X and entry.mood == "negative"}
    assert "shehan" in both & {entry.who for entry in shipped.entries if entry.network is Network.REDDIT and entry.mood == "negative"}
    wave = [entry for entry in shipped.entries if entry.kind == "outage" and 24 * 60 + 15 * 60 <= entry.minute < 24 * 60 + 16 * 60]
    assert len(wave) > 20
    assert {brand.key for brand in shipped.brands.values()} == {"veloria", "telvanta", "cestoro"}


def test_posts_on_x_are_short_save_for_the_one_long_read(shipped: Scenario) -> None:
    long = [entry.who for entry in shipped.entries if entry.network is Network.X and weighted_length(entry.text) > X_LIMIT]
    assert long == ["long_read_lyn"]


def test_every_language_has_words_for_thanks_and_for_a_second_complaint(shipped: Scenario) -> None:
    for language in ("en", "es", *SCRIPTS):
        assert shipped.reactions[language, Temper.THANKS]
        assert shipped.reactions[language, Temper.AGAIN]
