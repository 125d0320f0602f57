"""Words for why an alarm rang, in the reader's language: on the page of alarms, and in the case's timeline.

Place in the path: `rules.alerting`, `rules.surge_words`, `rules.source_alarms` (a sentence in English, which goes to pagers and channels as
it stands) -> stored -> here.
"""

import re
from dataclasses import replace

from amends.api.trouble_words import trouble
from amends.api.words import reason, shipped
from amends.core.translating import N_, _, ngettext
from amends.core.written import listed, named_anew, number
from amends.inbox.rules import surge_words

LATIN = N_("%(language)s, in Latin letters")
BECAUSE = re.compile(r"Negative, (?:urgency (?P<urgency>\d{1,3})|(?P<followers>\d[\d,]{0,19}) followers)(?:: (?P<reasons>.+))?\.")


def why_alarmed(stored: str) -> str:
    """Return the sentence for a stored reason; what is none of ours (a rule's own words) stays."""
    found = BECAUSE.fullmatch(stored)
    if found is None:
        surge = surge_words.read(stored)
        return surge_words.sentence(replace(surge, name=_called(surge.name), where=_where(surge.where))) if surge else trouble(stored)
    told = f"{_('Negative')}, {_ground(found)}"
    return f"{told}: {listed(map(reason, found['reasons'].split(', ')))}." if found["reasons"] else f"{told}."


def _called(rule: str) -> str:
    """Return the name of a rule, in the reader's language where Amends gave it; behind it may stand what its cases have in common."""
    name, comma, common = rule.partition(", ")
    return f"{shipped(name)}{comma}{common}"


def _where(counted: str) -> str:
    """Return what a surge was counted apart by, in the reader's language where it is a language or a country."""
    latin = LATIN % {"language": ""}
    bare = counted.removesuffix(latin)
    return _(LATIN) % {"language": named_anew(bare)} if bare != counted else named_anew(counted)


def _ground(found: re.Match[str]) -> str:
    if found["urgency"]:
        return _("urgency %(n)s") % {"n": found["urgency"]}
    count = int(found["followers"].replace(",", ""))
    return ngettext("%(count)s follower", "%(count)s followers", count) % {"count": number(count)}
