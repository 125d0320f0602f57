"""Two programs at once: what is answered carries as `ETag` how it is, and a change that names it writes over nobody's."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Response


def seen(if_match: Annotated[str, Header(max_length=80)] = "") -> str:
    """Return how what is to be changed was as the caller saw it: when it was changed last, or its mark; empty: whatever is there."""
    named = if_match.strip().removeprefix("W/").strip('"')
    return "" if named == "*" else named.replace("Z", "+00:00")


SeenAt = Annotated[str, Depends(seen)]


def tag(response: Response, state: datetime | str) -> None:
    """Let the answer say when what it shows was changed, or by which mark it is told from the same changed since."""
    response.headers["ETag"] = f'"{state if isinstance(state, str) else state.isoformat()}"'
