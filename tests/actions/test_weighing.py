"""Urgency beyond one post: earlier complaints, waiting, and weights that a manager sets."""

from datetime import timedelta

import pytest

from amends.core.database import Connection, fetch_values
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.post import Author
from amends.inbox.actions import urgency_weights as weighing
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.tuning import tuning
from amends.inbox.actions.waiting import raise_waiting
from amends.inbox.rules.ids import UrgencyWeightsId
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import case_page, urgency_weights
from amends.triage.urgency import score
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights
from tests.cast import DEE, NOON, a_post, an_answer_to, mia
from tests.desk import DAY, HOUR, MINUTE, Desk

LOUD = UrgencyWeights(safety=50, waiting=50)


def reasons_of(conn: Connection) -> list[list[str]]:
    """Return the reasons of each verdict, the first post first."""
    return fetch_values(conn, "select reasons from verdicts order by post_id")


def waiting_points(conn: Connection) -> list[int]:
    """Return what waiting adds to each case."""
    return fetch_values(conn, "select waiting_points from cases order by id")


def urgency_now(conn: Connection) -> int:
    """Return the urgency of the only case as the desk shows it."""
    [only] = fetch_values(conn, "select urgency_now from cases")
    return only


def set_weights(desk: Desk, weights: UrgencyWeights, instead_of: int = 0) -> UrgencyWeightsId:
    """Let Mia set weights, and return their id."""
    seen = UrgencyWeightsId(instead_of)
    weighing.set_weights(desk.conn, weights, instead_of=seen, agent_id=mia(desk.conn), now=desk.now)
    return urgency_weights.history(desk.conn, limit=1)[0].id


def bring_back(desk: Desk, weights_id: UrgencyWeightsId, *, instead_of: UrgencyWeightsId) -> UrgencyWeightsId:
    """Let Mia bring weights back, and return which counted before."""
    return weighing.bring_back(desk.conn, weights_id, instead_of=instead_of, agent_id=mia(desk.conn), now=desk.now)


def test_a_stored_verdict_recounts_from_its_shares(desk: Desk) -> None:
    desk.hear(a_post("broken and lost, third time", author=DEE), a_post("refund, or you hear from my lawyer"))
    for urgency, shares, points in desk.conn.execute("select urgency, shares, points from verdicts").fetchall():
        assert score(shares, SHIPPED_WEIGHTS) == urgency == sum(points)


def test_who_complains_again_elsewhere_is_a_repeat_complaint(desk: Desk) -> None:
    desk.hear(a_post("My bag is lost", published_at=NOON - 10 * DAY))
    desk.hear(a_post("The new bag is broken"))
    assert ["repeat complaint" in reasons for reasons in reasons_of(desk.conn)] == [False, True]


@pytest.mark.parametrize(
    ("text", "before"),
    [("My bag is lost", 31 * DAY), ("What a great day", DAY), ("My bag is lost", -DAY)],
    ids=["too long ago", "no complaint", "later"],
)
def test_what_does_not_count_as_an_earlier_complaint(desk: Desk, text: str, before: timedelta) -> None:
    desk.hear(a_post(text, published_at=NOON - before))
    desk.hear(a_post("The new bag is broken"))
    assert "repeat complaint" not in reasons_of(desk.conn)[-1]


def test_going_on_in_the_same_thread_is_no_repeat_complaint(desk: Desk) -> None:
    first = a_post("My bag is lost")
    desk.hear(first)
    desk.hear(an_answer_to(first, "Still lost. Terrible."))
    assert not any("repeat complaint" in reasons for reasons in reasons_of(desk.conn))


@pytest.mark.parametrize("linked", [True, False])
def test_the_complaints_of_linked_handles_count_and_those_of_strangers_do_not(desk: Desk, linked: bool) -> None:
    private = Author(external_id="cy-2", handle="cy_private", name="Cy Fernando")
    desk.hear(a_post("My bag is lost", published_at=NOON - 40 * DAY))
    desk.hear(a_post("My coat is lost", author=private, published_at=NOON - DAY))
    [old, young] = desk.conn.execute("select author_id, customer_id from cases order by id").fetchall()
    if linked:
        link_customer(
            desk.conn,
            author_id=young[0],
            customer_id=old[1],
            basis=LinkBasis.AGENT,
            evidence=(),
            agent_id=desk.agent_id,
            now=desk.now,
        )
    desk.hear(a_post("The new bag is broken"))
    assert ("repeat complaint" in reasons_of(desk.conn)[-1]) == linked


@pytest.mark.parametrize(
    ("waited", "points"),
    [(59 * MINUTE, 0), (HOUR, 4), (4 * HOUR, 8), (8 * HOUR, 12), (DAY, 16), (3 * DAY, 20), (300 * DAY, 20), (-HOUR, 0)],
)
def test_a_case_presses_more_the_longer_it_waits(desk: Desk, waited: timedelta, points: int) -> None:
    desk.hear(a_post())
    raise_waiting(desk.conn, now=NOON + waited)
    assert waiting_points(desk.conn) == [points]
    assert urgency_now(desk.conn) == desk.case().urgency + points


def test_raising_twice_changes_nothing_and_tells_nobody(desk: Desk) -> None:
    desk.hear(a_post(), a_post())
    before = desk.events()
    later = NOON + 5 * HOUR
    assert [raise_waiting(desk.conn, now=later), raise_waiting(desk.conn, now=later)] == [2, 0]
    assert desk.events() == before


def test_it_goes_by_batches(desk: Desk) -> None:
    desk.hear(*(a_post(f"The flight is delayed, day {day}.") for day in range(5)))
    later = NOON + HOUR
    assert [raise_waiting(desk.conn, now=later, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_an_answer_takes_the_points_away_and_a_new_post_waits_anew(desk: Desk) -> None:
    first = a_post()
    desk.hear(first)
    raise_waiting(desk.conn, now=NOON + DAY)
    desk.now = NOON + DAY
    desk.answer()
    raise_waiting(desk.conn, now=desk.now)
    assert waiting_points(desk.conn) == [0]
    desk.hear(an_answer_to(first, "Still lost!", published_at=desk.now))
    raise_waiting(desk.conn, now=desk.now + HOUR)
    assert waiting_points(desk.conn) == [4]


def test_the_wait_that_began_anew_is_worth_less_again(desk: Desk) -> None:
    first = a_post()
    desk.hear(first)
    raise_waiting(desk.conn, now=NOON + 3 * DAY)
    desk.now = NOON + 3 * DAY
    desk.answer()
    desk.hear(an_answer_to(first, "Still lost!", published_at=desk.now))
    raise_waiting(desk.conn, now=desk.now + MINUTE)
    assert waiting_points(desk.conn) == [0]


def test_a_new_post_leaves_what_waiting_added_apart(desk: Desk) -> None:
    first = a_post()
    desk.hear(first)
    said = desk.case().urgency
    raise_waiting(desk.conn, now=NOON + DAY)
    desk.hear(an_answer_to(first, "Still lost!"))
    assert (desk.case().urgency, urgency_now(desk.conn)) == (said, said + 16)


def test_the_sum_ends_at_100(desk: Desk) -> None:
    set_weights(desk, UrgencyWeights(negative=50, complaint=50, waiting=50))
    desk.hear(a_post())
    raise_waiting(desk.conn, now=NOON + 3 * DAY)
    assert urgency_now(desk.conn) == 100


def test_the_case_page_says_what_each_reason_adds(desk: Desk) -> None:
    desk.hear(a_post("charged twice, terrible"))
    raise_waiting(desk.conn, now=NOON + DAY)
    head = case_page.head(desk.conn, desk.case().id)
    assert head is not None
    assert head.points == {"negative": 27, "complaint": 18, "money lost": 14, "waiting time": 16}
    assert head.reasons == ["negative", "complaint", "money lost", "waiting time"]
    assert head.urgency == sum(head.points.values())


def test_other_weights_of_waiting_reach_the_cases_that_wait(desk: Desk) -> None:
    desk.hear(a_post())
    raise_waiting(desk.conn, now=NOON + HOUR)
    set_weights(desk, LOUD)
    assert raise_waiting(desk.conn, now=NOON + HOUR) == 1
    assert waiting_points(desk.conn) == [10]


def test_new_weights_count_for_the_next_post_and_start_a_job(desk: Desk) -> None:
    assert tuning(desk.conn).urgency == SHIPPED_WEIGHTS
    set_weights(desk, UrgencyWeights(negative=0, complaint=0))
    desk.hear(a_post())
    assert desk.case().urgency == 0
    assert fetch_values(desk.conn, "select kind from jobs") == ["retriage"]
    [facts] = fetch_values(desk.conn, "select facts from events where kind = 'urgency_weighed'")
    assert facts["changed"] == {"negative": [30, 0], "complaint": [20, 0]}


def test_any_earlier_weights_can_be_brought_back(desk: Desk) -> None:
    loud = set_weights(desk, LOUD)
    set_weights(desk, UrgencyWeights(), instead_of=loud)
    assert bring_back(desk, loud, instead_of=UrgencyWeightsId(loud + 1)) == loud + 1
    assert tuning(desk.conn).urgency == LOUD
    bring_back(desk, weighing.SHIPPED_ID, instead_of=UrgencyWeightsId(loud + 2))
    assert tuning(desk.conn).urgency == SHIPPED_WEIGHTS
    assert len(urgency_weights.history(desk.conn, limit=10)) == 4


def test_who_looked_at_older_weights_changes_nothing(desk: Desk) -> None:
    set_weights(desk, LOUD)
    with pytest.raises(Conflict, match="Mia has set other weights"):
        set_weights(desk, UrgencyWeights(safety=1))
    assert tuning(desk.conn).urgency == LOUD


def test_the_undo_of_an_old_toast_overwrites_nothing_newer(desk: Desk) -> None:
    loud = set_weights(desk, LOUD)
    set_weights(desk, UrgencyWeights(safety=1), instead_of=loud)
    with pytest.raises(Conflict, match="Mia has set other weights"):
        bring_back(desk, weighing.SHIPPED_ID, instead_of=loud)
    assert tuning(desk.conn).urgency == UrgencyWeights(safety=1)


def test_the_same_weights_again_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="already"):
        set_weights(desk, SHIPPED_WEIGHTS)
    with pytest.raises(NotFound):
        bring_back(desk, UrgencyWeightsId(77), instead_of=weighing.SHIPPED_ID)
