"""Two programs at once: what is answered carries as `ETag` when it was changed, and a change that names it writes over nobody's."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Response


def seen(if_match: Annotated[str, Header(max_length=80)] = "") -> str:
    """Return when what is to be changed was changed last, as the caller saw it; empty where they write over whatever is there."""
    named = if_match.strip().removeprefix("W/").strip('"')
    return "" if named == "*" else named.replace("Z", "+00:00")


SeenAt = Annotated[str, Depends(seen)]


def tag(response: Response, changed_at: datetime) -> None:
    """Let the answer say when what it shows was changed."""
    response.headers["ETag"] = f'"{changed_at.isoformat()}"'
