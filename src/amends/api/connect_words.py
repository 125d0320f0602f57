"""The words of the list of networks that an account can be connected on: what they are grouped by, what each can do."""

from collections.abc import Mapping

from amends.core.abilities import Abilities, Group

GROUPS: Mapping[Group, str] = {
    Group.SOCIAL: "Social networks",
    Group.REVIEWS: "Reviews",
    Group.FORUMS: "Forums and code",
    Group.MESSAGES: "Messages and mail",
    Group.FEEDS: "Feeds, files and other programs",
}


def powers(able: Abilities) -> str:
    """Return what we can do on a network, before anybody has connected it."""
    told = ["We read and answer there." if able.replies else "We read only; it takes no answers from here."]
    told += ["It can be read without credentials."] if able.keyless else []
    told += ["New posts can come by a stream."] if able.streams else []
    told += ["It can call us."] if able.hooks and able.polls else []
    told += [f"It shows no more than the last {_days(able.reach.days)}."] if able.reach and able.reach.days else []
    told += [f"One read costs ${able.price:g} at its list price."] if able.price else []
    return " ".join(told)


def _days(number: int) -> str:
    return "day" if number == 1 else f"{number} days"
