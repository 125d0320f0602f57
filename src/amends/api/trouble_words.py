"""Words for what went wrong with a source, an answer or a rule, in the reader's language.

Place in the path: collectors, `rules.source_health`, `rules.source_alarms`, `rules.reply_tries`, `actions.automation` (sentences in
English, which pagers and programs get as they stand) -> stored -> here.
"""

from amends.core import network, outward
from amends.core.kept import recognised
from amends.core.network_words import Said
from amends.core.read_only import NO_ANSWERS
from amends.core.rows.wrong import Wrong
from amends.inbox.actions.assign import NOT_IN_TEAM, ONLY_LOOKS
from amends.inbox.actions.deeds.macro import GONE
from amends.inbox.actions.incidents import NO_INCIDENT
from amends.inbox.rules import budgeting, delivery, holding, reply_tries, source_alarms, source_health
from amends.inbox.rules.automation import CHAINED
from amends.inbox.rules.macro_text import UNFILLED

OF_RULES = (CHAINED, ONLY_LOOKS, NOT_IN_TEAM, GONE, NO_INCIDENT, UNFILLED)
"""Why a rule was held back, or what its deeds failed at."""
TEXTS = (
    *network.TEXTS,
    *outward.TEXTS,
    NO_ANSWERS,
    reply_tries.GIVEN_UP,
    holding.WRITTEN_SINCE,
    holding.LOOK_FIRST,
    budgeting.NOTE,
    *delivery.TEXTS,
    *source_alarms.TEXTS,
    *source_health.TEXTS,
    *OF_RULES,
    *Said,
    *Wrong,
)
SENTENCES = frozenset({"title", "first", "why", "note", "remedy", "said"})


def trouble(stored: str) -> str:
    """Return the sentence for stored words; what a network said itself stays."""
    return recognised(stored, TEXTS, sentences=SENTENCES)
