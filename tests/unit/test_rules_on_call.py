"""Who is on call: turns by the clock on the wall, swaps, gaps."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.errors import Refused
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.on_call import Rota, Stint, Swap, Turn, checked, checked_swap, gaps, stints, who

ADA, BO, CY = AgentId(1), AgentId(2), AgentId(3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 3, 23)
BERLIN = Rota(name="Nights", zone="Europe/Berlin", turn=Turn.WEEK, minute=9 * 60, begins_on=MONDAY, layers=((ADA, BO), (CY,)))


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_turns_go_round_by_the_week_and_begin_at_nine_in_summer_as_in_winter() -> None:
    assert who(BERLIN, 1, at("2026-03-23 09:00")) == ADA
    assert who(BERLIN, 1, at("2026-03-30 08:59")) == ADA, "an hour less of a week: the clocks went forward on Sunday"
    assert who(BERLIN, 1, at("2026-03-30 09:00")) == BO
    assert who(BERLIN, 1, at("2026-03-23 08:59")) == BO, "there are turns before the first day"
    assert who(BERLIN, 2, at("2026-04-01 12:00")) == CY
    assert who(BERLIN, 3, at("2026-04-01 12:00")) is None


@pytest.mark.parametrize("minute", [150, 0, 1439])
@given(hours=st.integers(min_value=0, max_value=24 * 500))
@settings(max_examples=30)
def test_the_list_of_turns_says_at_every_moment_what_the_moment_says(minute: int, hours: int) -> None:
    rota = Rota(name="n", zone="Europe/Berlin", turn=Turn.DAY, minute=minute, begins_on=MONDAY, layers=((ADA, BO, CY),))
    since = datetime(2026, 3, 1, tzinfo=UTC) + hours * HOUR
    swap = Swap(layer=1, agent_id=CY, begins=since + 5 * HOUR, ends=since + 30 * HOUR)
    found = stints(rota, 1, since=since, until=since + 4 * DAY, swaps=[swap])
    assert (found[0].begins, found[-1].ends) == (since, since + 4 * DAY)
    assert all(one.ends == other.begins for one, other in pairwise(found))
    for one in found:
        assert one.agent_id == who(rota, 1, one.begins, [swap]) == who(rota, 1, one.ends - timedelta(seconds=1), [swap])


def test_a_turn_in_the_hour_that_a_night_has_twice_or_not_at_all_begins_once() -> None:
    rota = Rota(name="n", zone="Europe/Berlin", turn=Turn.DAY, minute=150, begins_on=MONDAY, layers=((ADA, BO),))
    for day in ("2026-03-29", "2026-10-25"):
        noon = at(f"{day} 12:00")
        changes = [one.begins for one in stints(rota, 1, since=noon - DAY, until=noon)][1:]
        assert len(changes) == 1


def test_the_later_of_two_swaps_holds() -> None:
    begins = at("2026-03-24 18:00")
    first = Swap(layer=1, agent_id=BO, begins=begins, ends=begins + 10 * HOUR)
    second = Swap(layer=1, agent_id=CY, begins=begins + HOUR, ends=begins + 2 * HOUR)
    assert [who(BERLIN, 1, begins + n * HOUR, [first, second]) for n in (0, 1, 2)] == [BO, CY, BO]
    assert who(BERLIN, 2, begins, [first]) == CY, "a swap is of one line"


def test_who_cannot_be_reached_leaves_a_gap() -> None:
    found = stints(BERLIN, 1, since=at("2026-03-23 09:00"), until=at("2026-04-06 09:00"))
    assert gaps(found, lambda _agent, _at: True, lambda _agent: ()) == []
    assert gaps(found, lambda agent, _at: agent != BO, lambda _agent: [at("2026-04-01 09:00")]) == [
        Stint(begins=at("2026-03-30 09:00"), ends=at("2026-04-06 09:00"), agent_id=BO)
    ]


LAST = datetime(9999, 12, 31, 23, tzinfo=UTC)


def test_what_makes_no_sense_is_refused() -> None:
    def rota(**changed: object) -> Rota:
        return Rota(**{"name": "n", "zone": "UTC", "turn": Turn.DAY, "minute": 0, "begins_on": MONDAY, "layers": ((ADA,),)} | changed)  # pyright: ignore[reportArgumentType]

    assert checked(rota(name="  Nights  ", layers=((ADA,), ()))).layers == ((ADA,),)
    for wrong in ({"name": " "}, {"zone": "Mars/Base"}, {"minute": 1440}, {"layers": ()}, {"layers": ((ADA,),) * 6}):
        with pytest.raises(Refused):
            checked(rota(**wrong))
    now = at("2026-03-24 12:00")
    for layer, begins, ends in (
        (2, now, now + HOUR),
        (1, now, now),
        (1, now - 2 * HOUR, now - HOUR),
        (1, now, now + 61 * DAY),
        (1, now, LAST),
        (1, LAST, LAST),
        (1, LAST - HOUR, LAST),
    ):
        with pytest.raises(Refused):
            checked_swap(rota(), Swap(layer=layer, agent_id=ADA, begins=begins, ends=ends), now=now)
