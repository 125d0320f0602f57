"""The half of a collector that answers, for a network where no program can: agents open the post there."""

from amends.core.errors import ReplyRefused
from amends.core.ports import Draft, Published
from amends.core.translating import N_

NO_ANSWERS = N_("%(title)s takes no answers from programs: open it there.")
"""Kept in English beside each post; screens recognise it."""


class ReadOnly:
    """Takes no reply. `title` names the network in what agents read."""

    title: str
    max_reply_length = 0

    def reply(self, draft: Draft) -> Published:  # noqa: ARG002 - the socket's form
        """Refuse: no program can write there."""
        raise ReplyRefused(no_reply(self.title))

    def find_reply(self, draft: Draft) -> Published | None:  # noqa: ARG002 - the socket's form
        """Return nothing: we never publish there."""
        return None

    def reply_length(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)


def no_reply(title: str) -> str:
    """Return why a post on a network called `title` cannot be answered from here."""
    return NO_ANSWERS % {"title": title}
