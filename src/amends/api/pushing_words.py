"""The words of what pushes, for the templates: how a stream is, and where a source takes what is brought to it."""

from amends.api.watch_words import Told
from amends.collectors import abilities, networks
from amends.core.translating import N_, _

STREAMS = {
    "opening": Told(state=N_("the stream is being opened"), mood="calm"),
    "live": Told(state=N_("listens to the stream"), mood="good"),
    "broken": Told(state=N_("the stream is down and is opened again; meanwhile we fetch"), mood="warn"),
}


def stream(state: str) -> Told:
    """Return how a stream is."""
    told = STREAMS[state]
    return Told(state=_(told.state), mood=told.mood)


def calls_at(network: str, source_id: int) -> str:
    """Return where a source takes what is brought to it, as a path; empty where its network does not call."""
    if network == "form":
        return f"/form/{source_id}"
    return f"/hooks/{source_id}" if network in networks() and abilities(network).hooks else ""
