"""To whom a case goes by itself, and when a team is at work."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as cases_of
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.assigning import Choice, Gives, Person, Team, Wanting, Why, choose, given, team_of
from amends.inbox.rules.ids import AgentId, CaseId, SourceId, TeamId, TopicId
from amends.inbox.rules.working_hours import Hours, read_day, read_hours
from tests.cast import NOON

CARE, DESK = TeamId(1), TeamId(2)
X, REDDIT = SourceId(1), SourceId(2)
CARE_TEAM = Team(id=CARE, name="Care", gives=Gives.LEAST_LOAD)
OFFICE = read_hours("Asia/Colombo", dict.fromkeys(range(5), "9:00-12:30, 13:30-17:30"), "2026-12-25")


def person(number: int, **facts: object) -> Person:
    known = Person(id=AgentId(number), name=f"Agent {number}", role="agent", turns={CARE: 0})
    return replace(known, **facts)  # pyright: ignore[reportArgumentType]


def a_case(**facts: object) -> Wanting:
    known = Wanting(id=CaseId(1), source_id=X, team_id=CARE, language="en")
    return replace(known, **facts)  # pyright: ignore[reportArgumentType]


def chosen(case: Wanting, *people: Person, team: Team = CARE_TEAM, now: datetime = NOON) -> Choice:
    return choose(case, people, {team.id: team}, now)


def whom(choice: Choice) -> int | None:
    return choice.agent.id if choice.agent else None


def test_the_one_team_that_names_the_source_comes_before_the_one_that_works_on_all() -> None:
    desk = Team(id=DESK, name="Desk", gives=Gives.NOBODY, sources=frozenset({REDDIT}))
    assert team_of(X, [CARE_TEAM, desk]) == CARE
    assert team_of(REDDIT, [CARE_TEAM, desk]) == DESK
    assert team_of(REDDIT, [CARE_TEAM, desk, replace(desk, id=TeamId(3))]) is None
    assert team_of(X, []) is None


def test_who_knows_the_customer_comes_before_who_speaks_the_language_and_has_less() -> None:
    found = chosen(a_case(language="ta", knows=1), person(1, load=9), person(2, languages=frozenset({"ta"})))
    assert (whom(found), found.why) == (1, (Why.KNOWS,))


def test_the_owner_of_the_customer_comes_before_who_had_the_last_case_and_not_before_who_has_this_one() -> None:
    assert whom(chosen(a_case(owner=2, knows=1), person(1), person(2, load=9))) == 2
    assert whom(chosen(a_case(owner=2, knows=1), person(1), person(2, away=True))) == 1
    assert whom(chosen(a_case(owner=2, assignee_id=1), person(1), person(2))) == 1


@pytest.mark.parametrize(
    "hindrance",
    [{"away": True}, {"active": False}, {"load": 20}, {"role": "auditor"}, {"turns": {DESK: 0}}],
    ids=["away", "left", "full", "only looks", "in another team"],
)
def test_who_knows_the_customer_but_cannot_take_the_case_is_passed_over(hindrance: dict[str, object]) -> None:
    assert whom(chosen(a_case(knows=1), person(1, **hindrance), person(2, load=3))) == 2


def test_a_reopened_case_goes_back_to_its_agent_also_where_she_is_full() -> None:
    assert whom(chosen(a_case(assignee_id=1), person(1, load=20), person(2))) == 1
    assert whom(chosen(a_case(assignee_id=1), person(1, away=True), person(2))) == 2


def test_a_language_goes_to_who_speaks_it_and_the_reason_says_so() -> None:
    lin = person(1, languages=frozenset({"ta", "en"}), load=5)
    found = chosen(a_case(language="ta-Latn"), lin, person(2, languages=frozenset({"en"})), person(3))
    assert (whom(found), found.why) == (1, (Why.SPEAKS, Why.ONLY_ONE))


def test_where_nobody_speaks_it_those_who_did_not_say_what_they_speak_come_first() -> None:
    assert whom(chosen(a_case(language="kn"), person(1, languages=frozenset({"en"})), person(2, load=9))) == 2
    assert whom(chosen(a_case(language="kn"), person(1, languages=frozenset({"en"})))) == 1


def test_among_those_who_speak_it_who_knows_the_topic_comes_first() -> None:
    versed = person(2, topics=frozenset({TopicId(7)}), load=4)
    found = chosen(a_case(topics=frozenset({TopicId(7)})), person(1), versed)
    assert (whom(found), found.why[0]) == (2, Why.TOPIC)


def test_load_is_weighed_by_what_somebody_can_hold() -> None:
    assert whom(chosen(a_case(), person(1, load=4, capacity=5), person(2, load=6, capacity=20))) == 2


def test_nobody_is_chosen_outside_the_hours_or_where_the_team_gives_out_nothing() -> None:
    night = datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert whom(chosen(a_case(), person(1), team=replace(CARE_TEAM, hours=OFFICE), now=night)) is None
    assert whom(chosen(a_case(knows=1), person(1), team=replace(CARE_TEAM, gives=Gives.NOBODY))) is None
    assert whom(chosen(a_case(team_id=DESK), person(1))) is None


@cases_of(
    st.sampled_from([Gives.ROUND_ROBIN, Gives.LEAST_LOAD]),
    st.integers(1, 6),
    st.lists(st.sampled_from(["en", "ta", "si"]), max_size=40),
)
def test_equal_people_get_equally_many_whatever_comes(gives: Gives, size: int, languages: list[str]) -> None:
    team, crew = replace(CARE_TEAM, gives=gives), [person(number, capacity=100) for number in range(1, size + 1)]
    for turn, language in enumerate(languages, 1):
        choice = choose(a_case(language=language), crew, {CARE: team}, NOON)
        assert choice == choose(a_case(language=language), list(reversed(crew)), {CARE: team}, NOON)
        crew = [given(one, CARE, turn) if one.id == whom(choice) else one for one in crew]
    loads = [one.load for one in crew]
    assert max(loads) - min(loads) <= 1
    assert sum(loads) == len(languages)


def test_a_team_is_at_work_in_its_own_zone_with_its_breaks_and_days_off() -> None:
    def at(text: str) -> bool:
        return OFFICE.at_work(datetime.fromisoformat(text))

    assert at("2026-03-02T09:00+05:30")
    assert not at("2026-03-02T12:30+05:30")
    assert at("2026-03-02T13:30+05:30")
    assert not at("2026-03-01T10:00+05:30")
    assert not at("2026-12-25T10:00+05:30")
    assert Hours(holidays=frozenset({date(2026, 3, 3)})).at_work(NOON)


def test_hours_say_when_they_begin_next_also_over_a_change_of_the_clock() -> None:
    berlin = read_hours("Europe/Berlin", {6: "9-17"}, "2026-04-05")
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert berlin.next_opening(before) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert berlin.next_opening(datetime(2026, 3, 29, 15, tzinfo=UTC)) == datetime(2026, 4, 12, 7, tzinfo=UTC)
    assert berlin.next_opening(datetime(2026, 3, 29, 7, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 7, 30, tzinfo=UTC)
    never = replace(berlin, holidays=frozenset(before.date() + timedelta(days=n) for n in range(400)))
    assert never.next_opening(before) is None


@pytest.mark.parametrize(
    "text", ["9", "17-9", "9-25", "9:70-12", "22-6", "9-12, 11-13", "from nine", ", ".join(f"{n}-{n + 1}" for n in range(9))]
)
def test_hours_that_make_no_sense_are_refused_with_a_word(text: str) -> None:
    with pytest.raises(Refused):
        read_day(0, text)


def test_hours_are_shown_as_they_can_be_written() -> None:
    hours = read_hours("UTC", {0: "13-24, 9–12:30"}, "")
    assert hours.of_day(0) == "09:00-12:30, 13:00-24:00"
    assert read_day(0, hours.of_day(0)) == list(hours.spans)


@pytest.mark.parametrize(
    ("zone", "off"),
    [("Mars/Base", ""), ("", ""), ("../etc/passwd", ""), ("UTC", "25.12.2026"), ("localtime", ""), ("right/UTC", ""), ("posixrules", "")],
)
def test_a_zone_or_day_that_does_not_exist_is_refused(zone: str, off: str) -> None:
    with pytest.raises(Refused):
        read_hours(zone, {}, off)
