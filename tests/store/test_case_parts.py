"""What a case's page has to show: only that is asked for, and nothing that comes while it is being asked for is taken for shown."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from amends.api.networks import abilities
from amends.api.pages._case_view import case_values
from amends.core.database import fetch_values
from amends.inbox.actions import approve, attach, clocks_shown, drafts, incidents, order_shapes, promises, snooze
from amends.inbox.actions.note import add_note
from amends.inbox.actions.organisations import TermsWish, Wish, add_member, add_organisation
from amends.inbox.rules.approving import Approvals
from amends.inbox.rules.ids import BrandId, CustomerId
from amends.inbox.rules.incidents import NewIncident
from amends.inbox.rules.rights import EVERYTHING
from amends.inbox.rules.snoozing import Reason, Sleep
from amends.inbox.store import case_page, case_parts, match_suggestions, surveys
from amends.inbox.store.case_page import CaseHead
from amends.inbox.store.case_parts import CaseParts
from amends.inbox.store.customer_changes import Source
from amends.inbox.store.match_suggestions import Found
from tests.cast import DEE, NOON, a_post
from tests.desk import DAY, Desk, asked
from tests.pictures import PNG


def head(desk: Desk) -> CaseHead:
    found = case_page.head(desk.conn, desk.cases()[0].id)
    assert found is not None
    return found


def there_is(desk: Desk) -> set[str]:
    """Return the names of what there is."""
    return {name for name, there in asdict(case_parts.of_case(desk.conn, head(desk))).items() if there} - {"newest_event"}


def shown_of(desk: Desk, case: CaseHead, has: CaseParts) -> dict[str, Any]:
    """Return what the case's page shows where it has these parts."""
    return case_values(desk.conn, case, has, abilities, EVERYTHING, now=NOON)


def suggest(desk: Desk) -> None:
    """Suggest that the customer is the same person as somebody who wrote later, and so has the higher id."""
    desk.hear(a_post("My bag is lost", external_id="dee-1", author=DEE))
    one, other = (CustomerId(row[0]) for row in desk.conn.execute("select distinct customer_id from cases order by 1").fetchall())
    match_suggestions.save(desk.conn, [Found(one_id=one, other_id=other, score=0.9, reasons=[], evidence=["name"])], now=NOON)


def promised(desk: Desk) -> None:
    promises.promise(desk.conn, case_id=desk.case().id, text="Call", due_at=NOON + 2 * DAY, said=True, agent_id=desk.agent_id, now=NOON)


def drafted(desk: Desk) -> None:
    drafts.save(desk.conn, case_id=desk.case().id, box="reply", text="We", version=0, agent_id=desk.agent_id, now=NOON)


def asleep(desk: Desk) -> None:
    snooze.snooze(desk.conn, case_id=desk.case().id, sleep=Sleep(reason=Reason.CUSTOMER), agent_id=desk.agent_id, now=NOON)


def struck(desk: Desk) -> None:
    [brand] = fetch_values(desk.conn, "select id from brands")
    incidents.open(
        desk.conn, NewIncident(name="Belts", brand_id=BrandId(brand)), case_ids=[desk.case().id], agent_id=desk.agent_id, now=NOON
    )


def belonging(desk: Desk) -> None:
    union = add_organisation(desk.conn, Wish(name="Union"), agent_id=desk.agent_id, now=NOON)
    add_member(desk.conn, union, head(desk).customer_id, TermsWish(), source=Source(by=desk.agent_id), now=NOON)


DONE: dict[str, Callable[[Desk], object]] = {
    "replies": lambda desk: desk.write(),
    "notes": lambda desk: add_note(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, text="In Doha", now=NOON),
    "sleep": asleep,
    "incident": struck,
    "follow_ups": lambda desk: desk.resolve(),
    "drafts": drafted,
    "pictures": lambda desk: attach.add_picture(desk.conn, case_id=desk.case().id, agent_id=desk.agent_id, content=PNG, now=NOON),
    "promises": promised,
    "maybes": suggest,
    "memberships": belonging,
    "order_shapes": lambda desk: order_shapes.set_order_shapes(desk.conn, ["AB-####"], agent_id=desk.agent_id, now=NOON),
    "approvals": lambda desk: approve.set_approvals(desk.conn, Approvals(needs_look=True), agent_id=desk.agent_id, now=NOON),
}


@pytest.mark.parametrize("name", DONE)
def test_what_comes_to_a_case_is_told_of_it(desk: Desk, name: str) -> None:
    desk.hear(a_post())
    before = there_is(desk)
    assert name not in before
    DONE[name](desk)
    assert name in there_is(desk)


def test_what_is_planned_when_a_case_is_resolved_is_told_of_it(desk: Desk) -> None:
    desk.hear(a_post())
    surveys.plan(desk.conn, case_id=desk.case().id, episode=1, due_at=NOON + DAY, on_network=True)
    assert "surveys" in there_is(desk)


def test_clocks_are_told_of_a_case(desk: Desk) -> None:
    desk.hear(a_post())
    assert ("clocks" in there_is(desk)) == bool(clocks_shown.of_case(desk.conn, desk.case().id))


def test_a_team_whose_answers_are_read_first_is_told_of_every_case(desk: Desk) -> None:
    desk.hear(a_post())
    desk.conn.execute("insert into teams (name, created_at, approval) values ('North', now(), true)")
    assert "approvals" in there_is(desk)


def test_what_happens_while_a_page_is_put_together_is_not_taken_for_shown(desk: Desk) -> None:
    desk.hear(a_post())
    case = head(desk)
    has = case_parts.of_case(desk.conn, case)
    DONE["notes"](desk)
    shown = shown_of(desk, case, has)["newest_event"]
    assert shown == has.newest_event < case_parts.of_case(desk.conn, case).newest_event


def test_of_a_case_that_is_but_its_post_little_is_asked(desk: Desk) -> None:
    desk.hear(a_post())
    case = head(desk)
    has = case_parts.of_case(desk.conn, case)
    everything = CaseParts(**{name: value if name == "newest_event" else True for name, value in asdict(has).items()})
    whole = asked(desk.conn, lambda: shown_of(desk, case, everything))
    assert asked(desk.conn, lambda: shown_of(desk, case, has)) <= whole - 10
    assert shown_of(desk, case, has) == shown_of(desk, case, everything)
