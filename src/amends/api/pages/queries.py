"""A search built from words: what it will find, in plain language, and the field that it goes into. Managers look."""

import re

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from amends.api.auth import Reading, may
from amends.api.desk import AtDesk
from amends.api.networks import composer
from amends.api.pages._source_form import LONGEST
from amends.core.errors import Refused
from amends.core.querying import Words
from amends.core.translating import _
from amends.inbox.rules.rights import Right

router = APIRouter(include_in_schema=False)
WORD = re.compile(r'"([^"]+)"|([^\s",;]+)')
PLACE = re.compile(r"[a-z0-9_-]{1,40}")


@router.get("/sources/query", dependencies=[may(Right.SEE_SOURCES)])
def build(request: Request, desk: AtDesk, _visitor: Reading) -> Response:
    """Show the query for some words; with `add`, the field of searches with the query on a line of its own."""
    asked = request.query_params
    place, written = asked.get("place", ""), asked.get("watch_search", "")
    if not PLACE.fullmatch(place) or any(len(value) > LONGEST for value in asked.values()):
        raise Refused(_("One of the fields is far too long."))
    composed = composer(asked.get("network", ""))(words_of(asked))
    if not asked.get("add"):
        return desk.screens.blocks(request, "query.html", ["composed"], {"composed": composed, "place": place})
    if composed.troubles:
        raise Refused(" ".join(composed.troubles))
    lines = dict.fromkeys(filter(None, (*map(str.strip, written.splitlines()), composed.query)))
    return desk.screens.blocks(request, "query.html", ["field"], {"place": place, "written": "\n".join(lines)})


def words_of(asked: QueryParams) -> Words:
    """Return what the form says."""

    def listed(name: str) -> tuple[str, ...]:
        return tuple(phrase or word for phrase, word in WORD.findall(asked.get(name, "")))

    return Words(
        any_of=listed("any_of"),
        all_of=(*listed("all_of"), *filter(None, (line.replace('"', "").strip() for line in asked.getlist("phrase")))),
        none_of=listed("none_of"),
        authors=listed("authors"),
        answers_to=listed("answers_to"),
        language=asked.get("language", "").strip().lower(),
        without_shares=bool(asked.get("without_shares")),
        with_links=bool(asked.get("with_links")),
    )
