"""Words for why long work was started or stopped (`rules/job_reasons.JobWhy`), told beside its progress.

What was stored before there were codes is one of these sentences in English; it is read back into its code, with the value in it.
"""

import re

from amends.core.translating import N_, gettext
from amends.inbox.rules.job_reasons import JobWhy

_SENTENCES = {
    JobWhy.ASKED: N_("asked by %(more)s"),
    JobWhy.ANEW: N_("begun anew"),
    JobWhy.CALENDAR: N_("a calendar chosen for the numbers"),
    JobWhy.POLICIES: N_("policies applied to what runs"),
    JobWhy.WEIGHTS: N_("other weights of urgency"),
    JobWhy.VERSION: N_("%(more)s speaks now"),
    JobWhy.NIGHTLY: N_("every night"),
    JobWhy.SHIPPED: N_("the shipped topics"),
    JobWhy.PROTOTYPES: N_("the shipped prototypes"),
    JobWhy.EXAMPLES: N_("examples of “%(more)s” changed"),
    JobWhy.EXAMPLE: N_("“%(more)s” has another example"),
    JobWhy.ARCHIVED: N_("“%(more)s” was archived"),
    JobWhy.BACK: N_("“%(more)s” is back"),
    JobWhy.KEPT: N_("agents kept or threw a post"),
    JobWhy.ENCODER: N_("another model reads posts now"),
}
_MORE = "%(more)s"
_OLD = {code: re.compile(re.escape(said).replace(re.escape(_MORE), "(?P<more>.+)")) for code, said in _SENTENCES.items()}


def why_started(stored: str) -> str:
    """Return the words for a stored reason; what is no code of ours is somebody's own words and stays."""
    code, _colon, more = stored.partition(":")
    if code in _SENTENCES and bool(more) == (_MORE in _SENTENCES[JobWhy(code)]):
        return _told(JobWhy(code), more)
    for old, pattern in _OLD.items():
        if found := pattern.fullmatch(stored):
            return _told(old, found.groupdict().get("more", ""))
    return gettext(stored)


def _told(code: JobWhy, more: str) -> str:
    said = gettext(_SENTENCES[code])
    return said % {"more": more} if more else said
