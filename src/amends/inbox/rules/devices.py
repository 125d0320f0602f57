"""Where a session comes from, and the words by which its owner knows it again."""

from dataclasses import dataclass

LONGEST = 400
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whence:
    """What a browser says of itself, and the address that it asks from."""

    device: str = ""
    address: str = ""


NOWHERE = Whence()


def device_words(user_agent: str) -> str:
    """Return browser and system, such as `Firefox · Windows`; the first word of anything else; empty where it said nothing."""
    named = [next((name for sign, name in table if sign in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, named)) or user_agent.partition(" ")[0][:40]
