"""What the screens of segments and organisations say: sizes, signals, risk, and why an organisation is well or not."""

from collections.abc import Sequence

from amends.core import written
from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import number
from amends.inbox.rules.segments import Size, Sure
from amends.inbox.rules.signals import MEANS, Signal
from amends.inbox.store.engagement import Month

RISKS = Table({"none": N_("no risk seen"), "some": N_("some risk of leaving"), "high": N_("high risk of leaving")})
ORGANISATION_KINDS = Table({"company": N_("Company"), "association": N_("Association")})
HEALTHS = Table({"well": N_("well"), "watch": N_("keep an eye on it"), "unwell": N_("unwell"), "unknown": N_("nothing known")})


def size(found: Size) -> str:
    """Return how many customers there are; an estimate says that it is one."""
    n = number(found.n)
    if found.sure is Sure.EXACT:
        return ngettext("%(n)s customer", "%(n)s customers", found.n) % {"n": n}
    if found.sure is Sure.ABOUT:
        return _("about %(n)s customers") % {"n": n}
    return _("fewer than about %(n)s customers") % {"n": n}


def signal(name: str) -> str:
    """Return a signal in words; one that we do not know any more by its name."""
    return _(MEANS[Signal(name)]) if name in set(Signal) else name


def month(one: Month) -> str:
    """Return what a bar of the chart says."""
    says = ngettext("%(month)s: %(n)s case, %(bad)s negative", "%(month)s: %(n)s cases, %(bad)s negative", one.opened)
    return says % {"month": written.month(one.begins), "n": number(one.opened), "bad": number(one.negative)}


def months_story(months: Sequence[Month]) -> str:
    """Return the chart in words, for those who do not see it: the months in which there was something."""
    told = "; ".join(month(one) for one in months if one.opened)
    return told or _("No case of a member in the last twelve months.")
