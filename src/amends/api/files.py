"""The files of the screens as browsers get them: scripts and sheets without comments and blanks, the sheets as one, each packed once.

Place in the path: `static/` -> here -> the browser, which keeps a file for good: its address changes whenever a file of ours does.
"""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from rcssmin import cssmin
from rjsmin import jsmin
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
SCREENS = "screens.css"
"""The sheets of all screens, one file a part of them, in one."""
CONTRAST = "contrast.css"
"""Stands apart, since it is switched on and off."""
FIRST = ("tokens", "ground", "desk", "case", "beside", "overlays", "narrow", "sheet", "labels", "urgency", "topics", "sources")
"""What the other parts lie over, in this order: of two rules that weigh the same the later one counts."""
_TYPES: Mapping[str, str] = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SHORTER: Mapping[str, Callable[[str], str]] = {".css": lambda text: str(cssmin(text)), ".js": lambda text: str(jsmin(text))}


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """What is sent of one file: as it is, and packed by gzip."""

    plain: bytes
    packed: bytes
    media_type: str


@cache
def version() -> str:
    """Return what changes whenever one of our files does."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


@cache
def sign() -> str:
    """Return our sign as an address that holds it: one that is fetched Chromium asks for anew whenever the page's own address changes."""
    return f"data:image/svg+xml,{quote((STATIC / 'icon.svg').read_text(encoding='utf-8').strip())}"


async def served(request: Request) -> Response:
    """Answer with one of our files."""
    found = _files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.plain, media_type=found.media_type)
    return Response(found.packed, media_type=found.media_type, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


@cache
def _files() -> Mapping[str, File]:
    texts = {file.name: file.read_text(encoding="utf-8") for file in STATIC.iterdir()}
    first = [f"{part}.css" for part in FIRST]
    sheets = [*first, *sorted(name for name in texts if name.endswith(".css") and name not in {*first, CONTRAST})]
    return {name: _file(name, text) for name, text in (texts | {SCREENS: "\n".join(texts[sheet] for sheet in sheets)}).items()}


def _file(name: str, text: str) -> File:
    kind = Path(name).suffix
    plain = _SHORTER.get(kind, str)(text).encode()
    return File(plain=plain, packed=gzip.compress(plain, mtime=0), media_type=_TYPES[kind])
