"""Sentences that the database keeps are told to each reader in their own language."""

from amends.core.errors import Refused
from amends.core.kept import keep, recognised, told
from amends.core.translating import N_, gettext, speaking

CLOSED = N_("“%(name)s” is closed; open it again first.")


def test_a_kept_sentence_is_told_in_the_language_of_whoever_reads_it() -> None:
    with speaking("ta"):
        plain, closed = keep(N_("stopped by hand")), keep(CLOSED, name="100 % late")
        assert told(plain) == gettext("stopped by hand") != "stopped by hand"
        assert told(closed) == gettext(CLOSED) % {"name": "100 % late"} != CLOSED % {"name": "100 % late"}
    assert (told(plain), told(closed)) == ("stopped by hand", "“100 % late” is closed; open it again first.")


def test_what_is_kept_as_plain_english_is_recognised_by_its_text_and_so_is_what_stands_in_it() -> None:
    texts = (N_("stopped: %(why)s"), CLOSED)
    with speaking("ta"):
        told_here = gettext(texts[0]) % {"why": gettext(CLOSED) % {"name": "50 %\n(a"}}
        assert recognised("stopped: “50 %\n(a” is closed; open it again first.", texts, sentences={"why"}) == told_here
        assert recognised("stopped by hand", texts, sentences={"why"}) == gettext("stopped by hand") != "stopped by hand"
        assert recognised("stopped: stopped by hand", texts, sentences=()) == gettext(texts[0]) % {"why": "stopped by hand"}
    assert recognised("stopped. why", texts, sentences={"why"}) == "stopped. why"


def test_numbers_and_lists_within_are_written_as_the_readers_language_writes_them() -> None:
    many = keep(N_("More than %(most)s cases match; narrow the list first."), most=10_000)
    with speaking("es"):
        assert "10.000" in told(many)
    assert "10,000" in told(many)
    assert told(keep("%(rights)s", rights=[keep(CLOSED, name="a"), "b"])) == "“a” is closed; open it again first., b"


def test_what_was_kept_before_and_what_others_wrote_stays_as_it_is() -> None:
    before = ["", "the receiver answers 410", "50 %(of) it", "{}", "a\x1fb", "%(a)s\x1f{}", "50 %\x1f[1]", "a\x1f1"]
    assert [*map(told, before)] == before
    hostile = ['%(a)999999999s\x1f{"a": "b"}', "%(a)s\x1f" + '{"a":' * 100_000, '%(a)d\x1f{"a": "b"}']
    assert [*map(told, hostile)] == hostile


def test_an_error_is_kept_for_readers_of_every_language_and_told_to_its_first() -> None:
    closed = Refused(CLOSED, name="Flood")
    with speaking("ta"):
        assert str(closed) == told(closed.kept) != "“Flood” is closed; open it again first."
        assert told(Refused().kept) == str(Refused()) == gettext("This cannot be done; nothing was changed.")
    assert str(closed) == told(closed.kept) == "“Flood” is closed; open it again first."
