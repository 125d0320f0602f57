"""One story, told through the real doors: complaint, case, answer in public, resolved, followed up, held."""

import secrets
from dataclasses import dataclass

from amends.cli.checking.doors import Doors, Row, Stuck

COMPLAINT = (
    "@{handle} my suitcase is lost since Monday, your hotline hung up on me twice and nobody answers. This is a disgrace, I want help NOW"
)
ANSWER = "I'm sorry, we found it. Your suitcase is on tonight's flight and a driver brings it to your door. Ada, {mark}"
THANKS = "@{handle} it just arrived, thank you so much! Wonderful help, really great service, you made my day"
QUICK_ANSWER = "We are sorry and on it. You will hear from us here today. Ada, #{case}"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who complains: `handle` is ours, whom they call, `mark` makes this run's texts its own."""

    handle: str
    name: str
    mark: str


def tell_story(doors: Doors) -> str:
    """Return "held" when the whole story went through; `Stuck` names the step at which it did not."""
    cy = Customer(handle=_our_handle(doors), name=f"cy_{secrets.token_hex(3)}", mark=secrets.token_hex(3))
    complaint = doors.do("/control/publish", network="x", text=COMPLAINT.format(handle=cy.handle), author=cy.name, temper="silent")
    case_id = doors.until("the complaint does not become a case", lambda: _case_of(doors, complaint))
    reply = _answer(doors, cy, case_id, complaint)
    doors.tell(f"/cases/{case_id}/resolve")
    _must(bool(_follow_up(doors, case_id)), "no follow-up was planned")
    doors.do("/control/publish", network="x", text=THANKS.format(handle=cy.handle), author=cy.name, reply_to=reply["id"], temper="silent")
    return doors.until("the follow-up is not concluded", lambda: (_follow_up(doors, case_id) or {}).get("outcome"))


def _our_handle(doors: Doors) -> str:
    sources = doors.look("/control/watches")["brands"][0]["sources"]
    return next(source["handle"] for source in sources if source["network"] == "x")


def _case_of(doors: Doors, post: Row) -> int | None:
    found = doors.ask("/posts", network=post["network"], external_id=post["id"])["posts"]
    return next((row["case_id"] for row in found if row["case_id"]), None)


def _answer(doors: Doors, cy: Customer, case_id: int, complaint: Row) -> Row:
    """Answer from the desk, and return the answer as the public sees it under the complaint."""
    me = doors.ask("/me")["id"]
    doors.tell(f"/cases/{case_id}/assign", assignee_id=me)
    doors.tell(f"/cases/{case_id}/reply", text=ANSWER.format(mark=cy.mark))
    reply = doors.until("the answer does not appear on the network", lambda: _public_answer(doors, cy, complaint))
    page = doors.town.get(reply["permalink"]).text
    _must(cy.mark in page, "the answer is not on the public page")
    doors.until("Amends does not see its own answer in public", lambda: _proven(doors, case_id))
    return reply


def _public_answer(doors: Doors, cy: Customer, complaint: Row) -> Row | None:
    replies = doors.look("/control/replies")["replies"]
    return next((reply for reply in replies if cy.mark in reply["text"] and reply["parent_id"] == complaint["id"]), None)


def _proven(doors: Doors, case_id: int) -> bool:
    return any(reply["visible"] for reply in doors.ask(f"/cases/{case_id}")["replies"])


def _follow_up(doors: Doors, case_id: int) -> Row | None:
    return next(iter(doors.ask(f"/cases/{case_id}")["follow_ups"]), None)


def _must(happened: bool, otherwise: str) -> None:
    if not happened:
        raise Stuck(f"stuck: {otherwise}")


def answer_some(doors: Doors, *, count: int) -> None:
    """Answer the cases that have waited longest and may be answered, besides the story."""
    for row in doors.ask("/cases", view="open", sort="longest", limit=count * 3)["cases"]:
        if count and doors.ask(f"/cases/{row['id']}")["case"]["can_reply"]:
            doors.tell(f"/cases/{row['id']}/reply", text=QUICK_ANSWER.format(case=row["id"]))
            count -= 1
