"""Words for what went wrong with a source or an answer, in the reader's language.

Place in the path: `rules.source_health`, `rules.source_alarms`, `rules.reply_tries` (sentences in English, which pagers and programs get as
they stand) -> stored -> here.
"""

from amends.core import network
from amends.core.kept import recognised
from amends.core.read_only import NO_ANSWERS
from amends.inbox.rules import budgeting, delivery, reply_tries, source_alarms, source_health

TEXTS = (*network.TEXTS, NO_ANSWERS, reply_tries.GIVEN_UP, budgeting.NOTE, *delivery.TEXTS, *source_alarms.TEXTS, *source_health.TEXTS)
SENTENCES = frozenset({"title", "why", "note", "remedy"})


def trouble(stored: str) -> str:
    """Return the sentence for stored words; what a network said itself stays."""
    return recognised(stored, TEXTS, sentences=SENTENCES)
