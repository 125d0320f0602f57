"""E-mail addresses of people; those that a company gives to everybody (support@, info@ …) are none."""

import re
from collections.abc import Generator

from amends.core.personal.kinds import Found, Kind

_ADDRESS = re.compile(r"(?<![\w.%+@-])(?P<name>[\w.%+-]{1,64})@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")
NOBODYS = re.compile(
    r"(?:customer|client|guest)?[._-]?(?:care|services?|support|relations|help(?:desk)?|info|contact|complaints?|feedback|grievance|sales|press|media"
    r"|hello|office|admin|privacy|legal|billing|no[._-]?reply|atencion|ayuda|soporte|reclamos|clientes)(?:[._-]\w{2,4})?",
    re.IGNORECASE,
)


def emails(text: str) -> Generator[Found]:
    """Yield the e-mail addresses in a folded text."""
    for match in _ADDRESS.finditer(text):
        if not NOBODYS.fullmatch(match["name"]):
            yield Found(kind=Kind.EMAIL, start=match.start(), end=match.end())
