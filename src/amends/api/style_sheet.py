"""The style sheets, one file a part of the screens, handed out as one: a browser asks once, and what is alike in them packs well."""

from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

STATIC = Path(__file__).parent / "static"
TOGETHER = "screens.css"
SHEETS = ("tokens.css", "contrast.css", TOGETHER)
"""What a page links; high contrast alone stands apart, since it is switched on and off."""
FIRST = ("ground", "desk", "case", "beside", "overlays", "narrow", "sheet", "labels", "urgency", "topics", "sources")
"""What the other parts lie over, in this order: of two rules that weigh the same the later one counts."""


@cache
def together() -> str:
    """Return the rules of all parts, those of `FIRST` first."""
    rest = {file.stem for file in STATIC.glob("*.css") if file.name not in SHEETS} - {*FIRST}
    return "\n".join((STATIC / f"{part}.css").read_text() for part in (*FIRST, *sorted(rest)))


class OurFiles(StaticFiles):
    """The files of `static/`, and all style sheets as one beside them."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return one file."""
        if path == TOGETHER:
            return Response(together(), media_type="text/css")
        return await super().get_response(path, scope)
