"""What one read costs on a source: the network's list price, or what the source's own options say."""

import math
from collections.abc import Mapping

from amends.collectors import abilities, networks
from amends.core.abilities import PRICE_PER_READ


def price_of(network: str, options: Mapping[str, str]) -> float:
    """Return the price of one read in US dollars; an option that is no price counts for nothing."""
    try:
        own = float(options.get(PRICE_PER_READ.name, ""))
    except ValueError:
        own = math.nan
    if math.isfinite(own) and own >= 0:
        return own
    return abilities(network).price if network in networks() else 0.0
