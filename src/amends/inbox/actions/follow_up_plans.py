"""Plans when resolved cases are looked at, and the words of the question. Place in the path: settings -> here -> every resolve."""

from datetime import datetime

from amends.core.database import Connection, UniqueViolation
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.translating import N_, NATIVE_NAMES, _
from amends.inbox.actions import topics
from amends.inbox.actions.unchanged import unchanged
from amends.inbox.rules.follow_up_plans import LONGEST, Plan
from amends.inbox.rules.ids import FollowUpPlanId
from amends.inbox.rules.seen import mark
from amends.inbox.rules.text import storable
from amends.inbox.store import brands, follow_up_plans, survey_texts
from amends.inbox.store.survey_texts import OwnText

HIGHEST_URGENCY = 100
TAKEN = N_("Another plan counts for the same cases now.")
LONGEST_SUBJECT, LONGEST_BODY = 200, 4_000


def make_plan(conn: Connection, plan: Plan, *, now: datetime) -> FollowUpPlanId:
    """Let a plan count for what is resolved from now on; what is planned already stays. The plan for the same cases gives way.

    `Conflict` where somebody else makes one for the same cases in this moment.
    """
    check(plan)
    _check_there(conn, plan)
    before = follow_up_plans.same(conn, plan)
    if before is not None:
        follow_up_plans.archive(conn, plan_id=before, now=now)
    made = follow_up_plans.insert(conn, plan, now=now)
    if made is None:
        raise Conflict(_(TAKEN))
    return made


def check(plan: Plan) -> None:
    """Raise `Refused` where a plan cannot be kept."""
    if not 1 <= plan.first_days < plan.last_days <= LONGEST:
        raise Refused(_("The first look comes before the last one, and both within a year."))
    if plan.survey_days is not None and not 0 <= plan.survey_days < plan.last_days:
        raise Refused(_("The customer is asked before the last look."))
    if not 0 <= plan.least_urgency <= HIGHEST_URGENCY:
        raise Refused(_("Urgency goes from 0 to 100."))


def _check_there(conn: Connection, plan: Plan) -> None:
    """Raise `NotFound` where a plan is of a brand or topic that there is not."""
    if plan.brand_id is not None and not brands.exists(conn, brand_id=plan.brand_id):
        raise NotFound(_("There is no such brand."))
    if plan.topic_id is not None:
        topics.found(conn, plan.topic_id)


def archive_plan(conn: Connection, *, plan_id: FollowUpPlanId, now: datetime) -> None:
    """Let a plan count no more; `NotFound` where it does not."""
    if not follow_up_plans.archive(conn, plan_id=plan_id, now=now):
        raise NotFound(_("There is no such plan."))


def restore_plan(conn: Connection, *, plan_id: FollowUpPlanId) -> None:
    """Let a plan count again; `Refused` where another one does for the same cases."""
    try:
        with conn.transaction():
            restored = follow_up_plans.restore(conn, plan_id=plan_id)
    except UniqueViolation as error:  # made by somebody else in this moment
        raise Conflict(_(TAKEN)) from error
    if not restored:
        raise Refused(_(TAKEN))


def set_words(conn: Connection, *, language: str, subject: str, body: str, now: datetime, seen: str = "") -> None:
    """Keep the company's own words of a language; empty ones let ours count again.

    `seen` is the `mark_of` the words that their writer saw, if they say so: `Conflict` where they were written anew since.
    """
    if language not in NATIVE_NAMES:
        raise Refused(_("We ask in one of seven languages."))
    unchanged(conn, f"survey in {language}", lambda: survey_texts.every(conn).get(language), mark_of, seen)
    text = OwnText(language=language, subject=" ".join(storable(subject).split()), body=storable(body).strip())
    if not text.subject and not text.body:
        survey_texts.drop(conn, language=language)
        return
    if not text.subject or not text.body or len(text.subject) > LONGEST_SUBJECT or len(text.body) > LONGEST_BODY:
        raise Refused(_("A letter needs a subject of at most 200 letters and some words, at most 4,000."))
    survey_texts.keep(conn, text, now=now)


def mark_of(text: OwnText | None) -> str:
    """Return what tells the company's own words of a language, or that there are none, from those written anew since."""
    return mark(text)
