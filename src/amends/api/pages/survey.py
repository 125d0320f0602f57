"""The public page that asks whether it is solved: `/survey/<link>`. No login, no cookie, no script; only what is sent from it counts.

Mail scanners and previews open links, so opening one changes nothing: a mark in the address is only chosen beforehand. A link answers one
question once; whoever opens it later is told so. Place in the path: letter -> here -> `actions.survey.answer`.
"""

from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from amends.api.desk import AtDesk, Desk
from amends.api.entering import guessing_is_slow
from amends.api.limited import Fields
from amends.api.pages._form_ticket import Sort, new_ticket, read_ticket
from amends.core.errors import NotFound
from amends.core.translating import NATIVE_NAMES
from amends.inbox.actions import survey
from amends.inbox.rules.survey_words import PAGE
from amends.inbox.rules.surveys import LONGEST_WORD, MARKS, Answer
from amends.inbox.store.surveys import Asked

router = APIRouter(prefix="/survey", include_in_schema=False)
AT_LEAST = timedelta(seconds=1)
AT_MOST = timedelta(days=1)
TRAP = "website"


@router.head("/{link}")
def look(link: str) -> Response:  # noqa: ARG001 - whatever it is
    """Say that there is a page, to whoever only looks; nothing is asked or kept."""
    return Response(headers={"X-Robots-Tag": "noindex"})


@router.get("/{link}")
def ask(request: Request, desk: AtDesk, link: str, mark: str = "", lang: str = "") -> Response:
    """Show the question; a mark in the address is only chosen beforehand."""
    asked = _opened(request, desk, link)
    return _page(request, desk, asked, link=link, given={"mark": mark, "lang": lang})


@router.post("/{link}")
def hear(request: Request, desk: AtDesk, link: str, given: Fields) -> Response:
    """Keep the answer once, or show the question again with what is missing, as it was filled in."""
    asked = _opened(request, desk, link)
    fault = _fault(given, asked, desk) if asked else ""
    if asked is None or fault:
        return _page(request, desk, asked, link=link, given=given, fault=fault)
    answer = answer_of(given)
    with desk.pool.transaction() as conn:
        kept = survey.answer(conn, asked, answer, now=desk.clock())
    desk.wake()
    done = "thanks_no" if answer.solved is False else "thanks"
    return _page(request, desk, asked, link=link, given=given, said=done if kept else _over(asked, desk) or "answered")


def answer_of(given: Mapping[str, str]) -> Answer:
    """Return what was chosen; what is none of our choices is no choice."""
    mark = given.get("mark", "")
    solved = {"yes": True, "no": False}.get(given.get("solved", ""))
    return Answer(csat=int(mark) if mark in {str(one) for one in MARKS} else None, solved=solved, word=given.get("word", ""))


def _opened(request: Request, desk: Desk, link: str) -> Asked | None:
    """Return the survey, None where the link opens none; who tries many is slowed down."""
    try:
        with guessing_is_slow(request, desk), desk.pool.transaction() as conn:
            return survey.opened(conn, token=link, secret_key=desk.secret_key)
    except NotFound:
        return None


def _over(asked: Asked, desk: Desk) -> str:
    """Return the word for why there is nothing to answer any more, nothing where there is."""
    return "answered" if asked.answered_at else "expired" if desk.clock() > asked.expires_at else ""


def _fault(given: Mapping[str, str], asked: Asked, desk: Desk) -> str:
    """Return the word for what is wrong with an answer; a program that fills in forms is too quick, or falls into the trap."""
    answer, ticket = answer_of(given), read_ticket(Sort.SURVEY, given.get("ticket", ""), asked.id, desk.secret_key)
    by_a_person = ticket is not None and AT_LEAST <= desk.clock() - ticket.made_at <= AT_MOST and not given.get(TRAP)
    faults = {
        "too_long": len(answer.word) > LONGEST_WORD,
        "nothing": answer.csat is None and answer.solved is None,
        "again": not by_a_person,
    }
    return next((fault for fault, found in faults.items() if found and not _over(asked, desk)), "")


def _page(  # noqa: PLR0913 - what the page shows
    request: Request, desk: Desk, asked: Asked | None, *, link: str, given: Mapping[str, str], fault: str = "", said: str = ""
) -> Response:
    wished = given.get("lang", "")
    language = wished if wished in PAGE else asked.language if asked else "en"
    said = said or ("absent" if asked is None else _over(asked, desk))
    values = {
        "asked": asked,
        "link": link,
        "lang": language,
        "languages": NATIVE_NAMES,
        "say": PAGE[language],
        "marks": MARKS,
        "given": {name: given.get(name, "") for name in ("mark", "solved", "word")},
        "longest": LONGEST_WORD,
        "fault": fault,
        "told": said,
        "ticket": new_ticket(Sort.SURVEY, asked.id, desk.secret_key, desk.clock()) if asked else "",
    }
    status = 422 if fault else 404 if asked is None else 410 if said == "expired" else 200
    response = desk.screens.page(request, "survey.html", values, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
