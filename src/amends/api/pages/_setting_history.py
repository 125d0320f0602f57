"""What the pages of settings with a history share: the version that a form was filled in over, and the address that brings one back."""

from typing import Annotated

from fastapi import Depends, Request

from amends.core.errors import Refused
from amends.core.translating import _

LONGEST_ID = 18


async def sent_text(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent, without files."""
    return {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}


async def entered_base(request: Request) -> int:
    """Return which version the page showed as the one in force."""
    told = (await sent_text(request)).get("instead_of", "")
    if not (told.isascii() and told.isdecimal() and len(told) <= LONGEST_ID):
        raise Refused(_("The page does not say what was in force when it was opened; reload it."))
    return int(told)


def back_address(page: str, version_id: int, *, instead_of: int) -> str:
    """Return the address that lets a version count again, as long as `instead_of` is the one that counts."""
    return f"{page}/{version_id}/back?instead_of={instead_of}"


EnteredBase = Annotated[int, Depends(entered_base)]
