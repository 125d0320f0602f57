"""What the screens of segments and organisations say: sizes, signals, risk, and why an organisation is well or not."""

from amends.core.translating import N_, Table, _, ngettext
from amends.core.written import number
from amends.inbox.rules.segments import Size, Sure
from amends.inbox.rules.signals import MEANS, Signal

RISKS = Table({"none": N_("no risk seen"), "some": N_("some risk of leaving"), "high": N_("high risk of leaving")})
ORGANISATION_KINDS = Table({"company": N_("Company"), "association": N_("Association")})


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
