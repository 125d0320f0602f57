"""When resolved cases are looked at, whether customers are asked, and in which words: plans and letters, with a preview."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from amends.api.auth import Meaning, Reading, may
from amends.api.desk import AtDesk, Desk
from amends.api.entering import our_address
from amends.api.screen import saying
from amends.core.errors import Refused
from amends.core.translating import ENGLISH, NATIVE_NAMES, _
from amends.inbox.actions import follow_up_plans as plans_of
from amends.inbox.actions.survey import letter_of
from amends.inbox.rules.follow_up_plans import Plan, usual
from amends.inbox.rules.ids import BrandId, FollowUpPlanId, TopicId
from amends.inbox.rules.rights import Right
from amends.inbox.rules.survey_words import LETTERS
from amends.inbox.store import brands, counts, follow_up_plans, survey_texts, topics
from amends.inbox.store.sessions import Visitor

router = APIRouter(prefix="/settings/follow-up", include_in_schema=False, dependencies=[may(Right.RULES)])
LONGEST_NUMBER = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A letter as it is written."""

    language: str
    subject: str
    body: str


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def plan_of(  # noqa: PLR0913
    first: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    survey: Annotated[str, Form()] = "",
    urgency: Annotated[str, Form()] = "0",
    brand: Annotated[str, Form()] = "",
    topic: Annotated[str, Form()] = "",
    network: Annotated[bool, Form()] = False,
) -> Plan:
    """Return the plan that a form says; `Refused` where its numbers are none."""
    first_days, last_days, least = _number(first), _number(last), _number(urgency)
    if first_days is None or last_days is None or least is None or (survey and _number(survey) is None):
        raise Refused(_("Days and urgency are whole numbers."))
    brand_id, topic_id = _number(brand), _number(topic)
    return Plan(
        brand_id=BrandId(brand_id) if brand_id else None,
        topic_id=TopicId(topic_id) if topic_id else None,
        least_urgency=least,
        first_days=first_days,
        last_days=last_days,
        survey_days=_number(survey),
        on_network=network,
    )


def words_of(
    language: Annotated[str, Form(max_length=10)],
    subject: Annotated[str, Form(max_length=400)] = "",
    body: Annotated[str, Form(max_length=8000)] = "",
) -> Words:
    """Return the letter that a form says."""
    return Words(language=language, subject=subject, body=body)


@router.get("")
def show(request: Request, desk: AtDesk, visitor: Reading, lang: str = ENGLISH) -> Response:
    """Show the plans in force and the letter in one language."""
    return desk.screens.page(request, "follow_up_settings.html", _values(desk, visitor, lang))


@router.post("")
def make(request: Request, desk: AtDesk, visitor: Meaning, plan: Annotated[Plan, Depends(plan_of)]) -> Response:
    """Let a plan count from now on."""
    with desk.pool.transaction() as conn:
        plan_id = plans_of.make_plan(conn, plan, now=desk.clock())
    return _shown(
        request, desk, visitor, _("Kept; it counts for what is resolved from now on"), undo=f"/settings/follow-up/{plan_id}/remove"
    )


@router.post("/{plan_id:int}/remove")
def remove(request: Request, desk: AtDesk, visitor: Meaning, plan_id: FollowUpPlanId) -> Response:
    """Let a plan count no more; the toast brings it back."""
    with desk.pool.transaction() as conn:
        plans_of.archive_plan(conn, plan_id=plan_id, now=desk.clock())
    return _shown(request, desk, visitor, _("The plan is removed"), undo=f"/settings/follow-up/{plan_id}/restore")


@router.post("/{plan_id:int}/restore")
def restore(request: Request, desk: AtDesk, visitor: Meaning, plan_id: FollowUpPlanId) -> Response:
    """Let a removed plan count again."""
    with desk.pool.transaction() as conn:
        plans_of.restore_plan(conn, plan_id=plan_id)
    return _shown(request, desk, visitor, _("The plan counts again"))


@router.post("/words")
def write(
    request: Request,
    desk: AtDesk,
    visitor: Meaning,
    words: Annotated[Words, Depends(words_of)],
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keep the company's own letter in one language, unless somebody wrote it anew since; empty fields let ours count again."""
    with desk.pool.transaction() as conn:
        plans_of.set_words(conn, language=words.language, subject=words.subject, body=words.body, now=desk.clock(), seen=seen)
    return _shown(request, desk, visitor, _("Saved"), lang=words.language)


@router.get("/preview")
def preview(request: Request, desk: AtDesk, visitor: Reading, language: str = ENGLISH, subject: str = "", body: str = "") -> Response:
    """Show the letter as a customer gets it; nothing is kept."""
    values = _values(desk, visitor, language)
    values["letter"] = _letter(desk, language if language in LETTERS else ENGLISH, subject[:400], body[:8000])
    return desk.screens.blocks(request, "follow_up_settings.html", ["letter"], values)


def _letter(desk: Desk, language: str, subject: str, body: str) -> Any:
    url = our_address(desk, "/survey/…")
    return letter_of(language, subject, body, to="", name="Cy", brand="Lanka Air", url=url)


def _shown(request: Request, desk: Desk, visitor: Visitor, text: str, *, undo: str = "", lang: str = ENGLISH) -> Response:
    values = _values(desk, visitor, lang) | {"apart": True}
    return saying(desk.screens.blocks(request, "follow_up_settings.html", ["shown"], values), text, undo=undo)


def _values(desk: Desk, visitor: Visitor, lang: str) -> dict[str, Any]:
    language = lang if lang in LETTERS else ENGLISH
    with desk.pool.transaction() as conn:
        own = survey_texts.every(conn)
        subject, body = (own[language].subject, own[language].body) if language in own else LETTERS[language]
        return {
            "plans": follow_up_plans.every(conn),
            "brands": brands.every(conn),
            "topics": topics.every(conn),
            "usual": usual(desk.policy.follow_up_after),
            "language": language,
            "languages": NATIVE_NAMES,
            "own": set(own),
            "seen": plans_of.mark_of(own.get(language)),
            "subject": subject,
            "body": body,
            "letter": _letter(desk, language, subject, body),
            "mailed": bool(desk.settings.mail_url.get_secret_value()),
            "counts": counts.read(conn, visitor.scope),
            "apart": False,
        }
