"""Complaints that say the same are gathered as they come; what grows against its habit is suggested, and rings where it fits no topic."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from amends.core.database import Connection, execute, fetch_values
from amends.core.errors import Conflict, NotFound
from amends.core.post import Author
from amends.inbox.actions import cluster_choices, cluster_growth, clusters, incidents, surges
from amends.inbox.actions.cluster_choices import Who
from amends.inbox.rules.clustering import Sight
from amends.inbox.rules.ids import ClusterId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.store import cluster_list, cluster_work, surge_rules
from amends.inbox.store import surges as surge_rows
from tests.cast import a_post
from tests.desk import DAY, HOUR, MINUTE, Desk

NUMBERS = count(1)
OUTAGE = "the login is broken session expired again"
OTHERS = ("my parcel never arrived", "refund of last invoice is terrible", "worst coffee machine leaks oil", "seat delayed without food")


def somebody() -> Author:
    number = next(NUMBERS)
    return Author(external_id=f"c-{number}", handle=f"person{number}", name=f"Person {number}")


def say(desk: Desk, *texts: str, at: datetime | None = None, by: Author | None = None) -> None:
    """Let each text be written by somebody else (or all by the same), triage them, and place them."""
    at = at or desk.now
    desk.collect(*[a_post(text, published_at=at, author=by or somebody()) for text in texts])
    desk.triage(limit=500)
    place(desk)


def place(desk: Desk) -> None:
    while clusters.cluster_pending(desk.conn, now=desk.now):
        pass


def voices(conn: Connection) -> list[int]:
    """Return how many voices each cluster that goes on has, the loudest first."""
    return fetch_values(conn, "select voices from clusters where ended_at is null order by voices desc, id")


def suggested(conn: Connection) -> list[list[str]]:
    return fetch_values(conn, "select words from clusters where suggested_at is not null and merged_into is null order by id")


def wave(n: int) -> list[str]:
    return [f"{OUTAGE} {word}" for word in ("today", "now", "please", "why", "here", "help", "still", "hello")[:n]]


def test_complaints_that_say_the_same_are_one_cluster_and_others_are_not(desk: Desk) -> None:
    say(desk, *wave(3), *OTHERS)
    assert voices(desk.conn) == [3, 1, 1, 1, 1]


@pytest.mark.parametrize("is_incident", [False, True])
def test_a_cluster_that_holds_two_things_falls_apart_as_it_grows_where_it_is_no_incident(desk: Desk, *, is_incident: bool) -> None:
    lost = ("my bag is lost", "the bag got lost", "bag lost again")
    say(desk, *(f"{text} at {place} terribly" for text in lost for place in ("gate", "desk", "belt")))
    say(desk, *wave(4))
    big, other = fetch_values(desk.conn, "select id from clusters order by weight desc")
    cluster_work.become_one(desk.conn, absorbed=other, survivor=big, now=desk.now)
    clusters.sum_up(desk.conn, big, encoder="fake-1")
    if is_incident:
        cluster_choices.confirm(desk.conn, big, name="Both", severity="high", who=who(desk), now=desk.now)
    say(desk, f"my bag is lost at gate terribly {OUTAGE}")
    assert [n >= 4 for n in voices(desk.conn)] == ([True] if is_incident else [True, True])
    assert sum(voices(desk.conn)) == 14


def test_a_wave_is_suggested_once_with_the_words_that_tell_it_from_others(desk: Desk) -> None:
    say(desk, *OTHERS)
    say(desk, *wave(3))
    assert suggested(desk.conn) == []
    say(desk, *wave(6)[3:])
    [words] = suggested(desk.conn)
    assert {"login", "session"} <= set(words)
    say(desk, *wave(8)[6:])
    assert len(suggested(desk.conn)) == 1
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'cluster_suggested'") == [1]


def test_what_comes_with_amends_is_read_once_for_all_clusters_that_grew(desk: Desk) -> None:
    say(desk, *wave(6), *(f"my parcel never arrived {word}" for word in ("today", "now", "please", "why", "here", "help")))
    execute(desk.conn, "update clusters set suggested_at = null, worded_at = 0, words = '{}'")
    ids, read = fetch_values(desk.conn, "select id from clusters"), list[str]()

    def sight(conn: Connection, encoder: str) -> Sight:
        read.append(encoder)
        return clusters.sight(conn, encoder)

    cluster_growth.look(desk.conn, ids, sight=sight, now=desk.now)
    assert ([len(words) > 1 for words in suggested(desk.conn)], len(read)) == ([True, True], 1)


def test_who_posts_ten_times_is_one_voice(desk: Desk) -> None:
    say(desk, *wave(8), by=somebody())
    assert voices(desk.conn) == [1]
    assert suggested(desk.conn) == []


def test_a_backlog_that_is_read_late_suggests_nothing(desk: Desk) -> None:
    say(desk, *wave(8), at=desk.now - 2 * DAY)
    assert voices(desk.conn) == [8]
    assert suggested(desk.conn) == []
    say(desk, *wave(8), at=desk.now - 10 * DAY)
    assert voices(desk.conn) == [8]


def test_what_is_said_every_week_at_this_hour_is_no_incident(desk: Desk) -> None:
    execute(desk.conn, "update sources set created_at = %(then)s", {"then": desk.now - 100 * DAY})
    for week in range(1, 9):
        say(desk, *wave(6), at=desk.now - week * timedelta(weeks=1) - 30 * MINUTE)
    say(desk, *wave(6))
    assert voices(desk.conn) == [6]
    assert suggested(desk.conn) == []


def test_deleted_and_edited_posts_leave(desk: Desk) -> None:
    say(desk, *wave(4))
    first, second = fetch_values(desk.conn, "select id from posts order by id limit 2")
    execute(desk.conn, "delete from readings where post_id = %(id)s", {"id": first})
    execute(desk.conn, "update readings r set embedding = o.embedding from readings o where false")
    place(desk)
    assert voices(desk.conn) == [3]
    execute(desk.conn, "update verdicts set noise = 'spam' where post_id = %(id)s", {"id": second})
    place(desk)
    assert voices(desk.conn) == [2]


def test_another_encoder_takes_a_cluster_over_and_suggests_nothing_again(desk: Desk) -> None:
    say(desk, *wave(6))
    execute(desk.conn, "update readings set encoder = 'fake-2'")
    place(desk)
    assert voices(desk.conn) == [6]
    assert fetch_values(desk.conn, "select distinct encoder from clusters") == ["fake-2"]
    assert fetch_values(desk.conn, "select count(*) from events where kind = 'cluster_suggested'") == [1]


def test_a_cluster_is_quiet_after_hours_and_over_after_a_day(desk: Desk) -> None:
    say(desk, *wave(6))
    cluster_growth.settle(desk.conn, now=desk.now + 7 * HOUR)
    assert fetch_values(desk.conn, "select quiet_at is not null and ended_at is null from clusters") == [True]
    assert cluster_growth.settle(desk.conn, now=desk.now + 25 * HOUR) == 1
    assert voices(desk.conn) == []
    desk.now += 26 * HOUR
    say(desk, *wave(4))
    assert voices(desk.conn) == [4]


def test_a_new_topic_rings_once_and_names_itself(desk: Desk) -> None:
    say(desk, *OTHERS, at=desk.now - 2 * HOUR)
    say(desk, *wave(7))
    for _ in range(2):
        while surges.look(desk.conn, now=desk.now):
            pass
        desk.now += MINUTE
    [alarm] = surge_rows.listed(desk.conn, limit=10)
    assert alarm.n == 7
    assert "session" in alarm.reason
    for _ in range(20):
        desk.now += 10 * MINUTE
        while surges.look(desk.conn, now=desk.now):
            pass
    say(desk, *wave(8))
    while surges.look(desk.conn, now=desk.now + MINUTE):
        pass
    assert [one.ended_at is not None for one in surge_rows.listed(desk.conn, limit=10)] == [True]


def test_what_fits_a_topic_of_the_company_is_no_new_topic(desk: Desk) -> None:
    say(desk, *wave(7))
    execute(desk.conn, "insert into topics (name, created_at) values ('Login', %(now)s)", {"now": desk.now})
    execute(
        desk.conn,
        "insert into post_topics (post_id, topic_id, score, published_at) select p.id, t.id, 1, p.published_at from posts p, topics t",
    )
    say(desk, "hello the login is broken session expired again")
    while surges.look(desk.conn, now=desk.now):
        pass
    assert surge_rows.listed(desk.conn, limit=10) == []


def who(desk: Desk) -> Who:
    return Who(agent_id=desk.agent_id, scope=EVERYTHING)


def only(desk: Desk) -> ClusterId:
    """Return the cluster that was suggested."""
    [found] = cluster_list.suggestions(desk.conn, EVERYTHING, lately=desk.now - HOUR, limit=5)
    return found.id


def test_of_what_is_said_the_loudest_are_shown_and_no_words_twice(desk: Desk) -> None:
    for text in [*wave(2), wave(1)[0], *wave(5)[2:]]:
        say(desk, text)
    shown = cluster_list.loudest(desk.conn, EVERYTHING, [only(desk)], each=5)[only(desk)]
    assert sorted(one.preview for one in shown) == sorted(wave(5))


def test_a_confirmed_cluster_is_an_incident_with_its_cases_and_what_says_the_same_joins_by_itself(desk: Desk) -> None:
    say(desk, *OTHERS, *wave(5))
    incident_id = cluster_choices.confirm(desk.conn, only(desk), name="", severity="high", who=who(desk), now=desk.now)
    assert "session" in fetch_values(desk.conn, "select name from incidents")[0]
    say(desk, *wave(8)[5:])
    rows = fetch_values(desk.conn, "select how from incident_cases where incident_id = %(id)s", {"id": incident_id})
    assert rows == ["cluster"] * 8
    assert cluster_list.suggestions(desk.conn, EVERYTHING, lately=desk.now, limit=5) == []
    with pytest.raises(NotFound):
        cluster_choices.confirm(desk.conn, ClusterId(10**6), name="x", severity="high", who=who(desk), now=desk.now)


def test_a_confirmation_is_taken_back_with_the_cases_it_brought(desk: Desk) -> None:
    say(desk, *wave(5))
    cluster_id = only(desk)
    incident_id = cluster_choices.confirm(desk.conn, cluster_id, name="Login", severity="high", who=who(desk), now=desk.now)
    say(desk, *wave(6)[5:])
    cluster_choices.unconfirm(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)
    assert fetch_values(desk.conn, "select count(*) from incident_cases where left_at is null") == [0]
    assert fetch_values(desk.conn, "select status from incidents") == ["closed"]
    assert only(desk) == cluster_id
    with pytest.raises(Conflict):
        cluster_choices.unconfirm(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)
    say(desk, *wave(7)[6:])
    assert fetch_values(desk.conn, "select count(*) from incident_cases where left_at is null") == [0]
    again = cluster_choices.confirm(desk.conn, cluster_id, name="Login", severity="high", who=who(desk), now=desk.now)
    assert again != incident_id


def test_what_belonged_to_an_incident_before_stays_when_a_confirmation_is_taken_back(desk: Desk) -> None:
    say(desk, *wave(5))
    cluster_id = only(desk)
    first = fetch_values(desk.conn, "select min(id) from cases where id in (select case_id from posts)")
    [brand_id] = fetch_values(desk.conn, "select brand_id from clusters where suggested_at is not null")
    incident_id = incidents.open(
        desk.conn, NewIncident(name="Login", brand_id=brand_id), case_ids=first, agent_id=desk.agent_id, now=desk.now
    )
    cluster_choices.belongs_to(desk.conn, cluster_id, incident_id, who=who(desk), now=desk.now)
    cluster_choices.unconfirm(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)
    assert fetch_values(desk.conn, "select case_id from incident_cases where left_at is null") == first
    assert fetch_values(desk.conn, "select status from incidents") == ["investigating"]


def test_after_the_fix_nothing_joins_by_itself(desk: Desk) -> None:
    say(desk, *wave(5))
    cluster_id = only(desk)
    incident_id = cluster_choices.confirm(desk.conn, cluster_id, name="Login", severity="high", who=who(desk), now=desk.now)
    incidents.set_status(desk.conn, incident_id, "fixed", agent_id=desk.agent_id, now=desk.now)
    say(desk, *wave(8)[5:])
    assert fetch_values(desk.conn, "select count(*) from incident_cases") == [5]
    with pytest.raises(Conflict):
        cluster_choices.dismiss(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)


def test_a_cluster_may_be_part_of_an_incident_that_goes_on(desk: Desk) -> None:
    say(desk, *wave(5))
    [brand_id] = fetch_values(desk.conn, "select brand_id from clusters where suggested_at is not null")
    new = NewIncident(name="Login", brand_id=brand_id)
    incident_id = incidents.open(desk.conn, new, agent_id=desk.agent_id, now=desk.now)
    cluster_choices.belongs_to(desk.conn, only(desk), incident_id, who=who(desk), now=desk.now)
    say(desk, *wave(6)[5:])
    [words] = fetch_values(desk.conn, "select words[:3] from clusters where incident_id is not null")
    assert words
    assert fetch_values(desk.conn, "select reason from incident_cases where how = 'cluster'") == [", ".join(words)] * 6


def test_what_is_no_incident_is_suggested_no_more_and_may_come_back(desk: Desk) -> None:
    say(desk, *wave(5))
    cluster_id = only(desk)
    cluster_choices.dismiss(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)
    say(desk, *wave(8)[5:])
    assert cluster_list.suggestions(desk.conn, EVERYTHING, lately=desk.now, limit=5) == []
    cluster_choices.restore(desk.conn, cluster_id, agent_id=desk.agent_id, now=desk.now)
    assert only(desk) == cluster_id


def test_a_case_that_is_split_off_counts_no_more_and_comes_back(desk: Desk) -> None:
    say(desk, *wave(5))
    cluster_id = only(desk)
    case_id = cluster_list.case_ids(desk.conn, EVERYTHING, cluster_id)[0]
    cluster_choices.split(desk.conn, cluster_id, case_id, agent_id=desk.agent_id, now=desk.now)
    assert voices(desk.conn) == [4]
    assert case_id not in cluster_list.case_ids(desk.conn, EVERYTHING, cluster_id)
    cluster_choices.split(desk.conn, cluster_id, case_id, agent_id=desk.agent_id, now=desk.now, back=True)
    assert voices(desk.conn) == [5]


def test_a_cluster_becomes_a_topic_with_its_posts_as_examples(desk: Desk) -> None:
    say(desk, *wave(5))
    topic_id = cluster_choices.name_topic(desk.conn, only(desk), name="Login", who=who(desk), now=desk.now)
    assert fetch_values(desk.conn, "select count(*) from topic_examples where topic_id = %(id)s", {"id": topic_id}) == [5]
    assert fetch_values(desk.conn, "select topic_ids from clusters where suggested_at is not null") == [[topic_id]]


def test_the_rule_of_a_new_topic_says_what_it_would_have_done(desk: Desk) -> None:
    say(desk, *OTHERS, *wave(6))
    rule = surge_rules.every(desk.conn)[0]
    desk.now += HOUR
    assert surges.preview(desk.conn, replace(as_new(rule), least=6), now=desk.now).alarms == 1
    assert surges.preview(desk.conn, replace(as_new(rule), least=7), now=desk.now).alarms == 0


def as_new(rule: surge_rules.SurgeRule) -> surge_rules.NewRule:
    return surge_rules.NewRule(**{one.name: getattr(rule, one.name) for one in fields(surge_rules.NewRule)})
