"""An answer that a colleague gave on the network itself: when that can have been, and which of our posts there it is.

Place in the path: a colleague's word, or a post of ours that a collector brought -> here -> `actions.answered_there`. No I/O.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.ids import CaseId, ReplyId

MINUTE = timedelta(minutes=1)
"""What a form names is a minute, not a moment."""
_NAMES_IN_FRONT = re.compile(r"^(?:@\S+\s+)+")
_ADDRESS = re.compile(r"https?://\S+")


def answered_at(at: datetime | None, *, asked_at: datetime, now: datetime) -> datetime:
    """Return when it was answered, now where nobody says; `Refused` where that is to come, or lies before what it answers."""
    if at is None:
        return max(now, asked_at)
    if at > now + MINUTE:
        raise Refused(_("This time is still to come; say when you answered."))
    if at <= asked_at - MINUTE:
        raise Refused(_("The customer wrote only after this time; say when you answered."))
    return max(min(at, now), asked_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """An answer of which somebody told us, and a post of ours in its thread that it may be; `link` is what was told of its address."""

    reply_id: ReplyId
    case_id: CaseId
    episode: int
    text: str
    link: str
    answered_at: datetime
    external_id: str
    permalink: str
    post_text: str
    published_at: datetime

    @property
    def is_same(self) -> bool:
        """Whether both say the same, or stand at the same address."""
        words = _bare(self.text)
        return (self.link != "" and self.link == self.permalink) or (words != "" and words == _bare(self.post_text))


def matched(pairs: Sequence[Pair]) -> list[Pair]:
    """Return which answer is which post, each of them once, the nearest in time first."""
    found, known = list[Pair](), set[object]()
    for pair in sorted((one for one in pairs if one.is_same), key=lambda one: abs(one.published_at - one.answered_at)):
        if known.isdisjoint({pair.reply_id, pair.external_id}):
            known |= {pair.reply_id, pair.external_id}
            found.append(pair)
    return found


def _bare(text: str) -> str:
    """Return a text without what networks change in it: names put in front, links shortened, spaces, forms of the same letter."""
    return " ".join(_ADDRESS.sub("", _NAMES_IN_FRONT.sub("", unicodedata.normalize("NFC", text).strip())).split())
