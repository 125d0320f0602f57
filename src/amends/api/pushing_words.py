"""The words of what pushes, for the templates: how a stream is, and where a source takes what is brought to it."""

from amends.api.words import Told
from amends.collectors import abilities, networks

STREAMS = {
    "opening": Told(state="the stream is being opened", mood="calm"),
    "live": Told(state="listens to the stream", mood="good"),
    "broken": Told(state="the stream is down and is opened again; meanwhile we fetch", mood="warn"),
}


def calls_at(network: str, source_id: int) -> str:
    """Return where a source takes what is brought to it, as a path; empty where its network does not call."""
    if network == "form":
        return f"/form/{source_id}"
    return f"/hooks/{source_id}" if network in networks() and abilities(network).hooks else ""
