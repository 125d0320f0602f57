"""Whom a note mentions, and when something may pop up: over midnight, when clocks are changed, while one is away."""

from datetime import UTC, datetime

import pytest

from amends.core.errors import Refused
from amends.inbox.rules.ids import AgentId, TeamId
from amends.inbox.rules.mentions import MOST, Known, found_in, pieces, words_for
from amends.inbox.rules.noticing import Notice, Wishes, checked_spans, checked_ways
from amends.inbox.rules.working_hours import Span, read_night

BO = Known(name="Bo", email="bo@amends.example", agent_id=AgentId(1))
BERG = Known(name="Bo Berg", email="berg@amends.example", agent_id=AgentId(2))
CARE = Known(name="Care", team_id=TeamId(1))
TAMIL = Known(name="கவி", email="kavi@amends.example", agent_id=AgentId(3))
EVERYBODY = [BO, BERG, CARE, TAMIL]
NIGHTS = tuple(span for day in range(7) for span in read_night(day, "22-7"))


def names(text: str) -> list[str]:
    return [one.whom.name for one in found_in(text, EVERYBODY)]


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("@Bo please look", ["Bo"]),
        ("@Bo Berg please, and @Care", ["Bo Berg", "Care"]),
        ("(@Bo), @Bo and once more @Bo!", ["Bo"]),
        ("ask @bo@amends.example", ["Bo"]),
        ("நன்றி @கவி", ["கவி"]),
        ("@கவிதா is another word", []),
        ("@Bolivia, @Bo_2 and @bo are no colleagues", []),
        ("write to me@Bo or see https://x.example/@Bo", []),
        ("@ Bo", []),
        ("@Boé and @nobody", []),
    ],
)
def test_a_note_mentions_whom_it_names_exactly_and_nobody_by_accident(text: str, mentioned: list[str]) -> None:
    assert names(text) == mentioned


def test_two_of_one_name_are_told_apart_by_their_address() -> None:
    other = Known(name="Bo", email="other@amends.example", agent_id=AgentId(9))
    both = [BO, other]
    with pytest.raises(Refused, match="More than one is called Bo"):
        found_in("@Bo look", both)
    assert words_for(other, both) == "other@amends.example"
    assert words_for(BERG, EVERYBODY) == "Bo Berg"
    assert [one.whom for one in found_in("@other@amends.example look", both)] == [other]


def test_too_many_mentions_are_refused_with_their_number() -> None:
    with pytest.raises(Refused, match="at most 50 people and teams; this one mentions 200"):
        found_in("@Bo " * 200, EVERYBODY)
    assert len(found_in("@Bo " * MOST, EVERYBODY)) == 1


def test_a_note_is_cut_where_it_mentions_somebody_and_loses_no_letter() -> None:
    text = "Hi @Bo Berg, @Bo: see @Bolivia"
    assert pieces(text, ["Bo", "Bo Berg"]) == [("Hi ", ""), ("@Bo Berg", "Bo Berg"), (", ", ""), ("@Bo", "Bo"), (": see @Bolivia", "")]
    assert pieces("", []) == []


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-03-02T21:59+00:00", False),
        ("2026-03-02T22:00+00:00", True),
        ("2026-03-03T00:00+00:00", True),
        ("2026-03-03T06:59+00:00", True),
        ("2026-03-03T07:00+00:00", False),
        ("2026-03-08T23:30+00:00", True),
        ("2026-03-09T03:00+00:00", True),
    ],
)
def test_quiet_hours_go_over_midnight_and_from_sunday_to_monday(moment: str, quiet: bool) -> None:
    assert Wishes(quiet=NIGHTS).is_quiet(datetime.fromisoformat(moment)) is quiet


def test_a_night_that_begins_on_one_day_only_ends_the_next_morning_and_is_not_in_the_one_before() -> None:
    friday = Wishes(quiet=(Span(day=4, begins=22 * 60, ends=7 * 60),))
    assert friday.is_quiet(datetime(2026, 3, 7, 6, 0, tzinfo=UTC))
    assert not friday.is_quiet(datetime(2026, 3, 6, 6, 0, tzinfo=UTC))


def test_quiet_hours_go_by_the_clock_on_the_wall_when_clocks_are_changed() -> None:
    berlin = Wishes(quiet=tuple(span for day in range(7) for span in read_night(day, "22:00-07:00")), zone="Europe/Berlin")
    before_spring, after_spring = datetime(2026, 3, 28, 6, 30, tzinfo=UTC), datetime(2026, 3, 29, 5, 30, tzinfo=UTC)
    assert not berlin.is_quiet(before_spring), "07:30 in winter"
    assert not berlin.is_quiet(after_spring), "07:30 in summer, an hour earlier by UTC"
    assert berlin.is_quiet(datetime(2026, 3, 29, 4, 59, tzinfo=UTC)), "06:59 in summer"
    assert berlin.is_quiet(datetime(2026, 10, 25, 5, 59, tzinfo=UTC)), "06:59 in winter again"
    assert not berlin.is_quiet(datetime(2026, 10, 25, 6, 0, tzinfo=UTC))


def test_only_a_critical_alarm_breaks_through_and_only_where_that_is_wished() -> None:
    night = datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert Wishes(quiet=NIGHTS).pops(night, away=False, severity="critical")
    assert not Wishes(quiet=NIGHTS).pops(night, away=False, severity="high")
    assert not Wishes(quiet=NIGHTS, critical_breaks=False).pops(night, away=False, severity="critical")
    assert not Wishes().pops(night, away=True)
    assert Wishes(quiet_away=False).pops(night, away=True)


def test_a_mute_holds_back_all_but_a_mention_by_name() -> None:
    muted = Wishes(muted_sources=frozenset({1}), muted_teams=frozenset({2}))
    assert not muted.hears(Notice.GIVEN, source_id=1, team_id=None)
    assert not muted.hears(Notice.TEAM_MENTIONED, source_id=9, team_id=2)
    assert muted.hears(Notice.MENTIONED, source_id=1, team_id=2)
    assert muted.hears(Notice.GIVEN, source_id=9, team_id=None)
    assert not Wishes(ways={"mentioned": "off"}).hears(Notice.MENTIONED, source_id=9, team_id=None)


def test_what_is_no_choice_of_ours_is_refused() -> None:
    assert checked_ways({"given": "browser", "woken": "off"}) == {"woken": "off"}
    for ways in ({"nothing": "off"}, {"given": "loud"}):
        with pytest.raises(Refused):
            checked_ways(ways)
    with pytest.raises(Refused):
        checked_spans([Span(day=7, begins=0, ends=1)])
    with pytest.raises(Refused):
        checked_spans([Span(day=0, begins=n, ends=n + 1) for n in range(30)])
    for text in ("late", "25-7", "24-7", "22:70-7", "22-24:30"):
        with pytest.raises(Refused, match="Monday: write quiet hours as"):
            read_night(0, text)
