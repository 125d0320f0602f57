"""How a site of reviews speaks, as a few words that people can write: where its lists lie, and what its fields are called. Pure.

Words are `name=value`, parted by space: `items=data.reviews text=body.text`. A value is a path into the JSON, its steps parted by dots
(numbers count from 0; `items=` where the page itself is the list), or where it says so a path of the address. docs/networks/reviews.md
lists them.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from amends.core import reading
from amends.core.errors import SettingsWrong
from amends.core.network_words import Said
from amends.core.ports import Account
from amends.core.translating import N_

MILLISECONDS_BEGIN = 1e11


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A site's form. `list`, `one`, `reply` and `login` are paths of the address; `page`, `size`, `reply_text` and `reply_author` names."""

    list: str = ""
    items: str = "reviews"
    id: str = "id"
    text: str = "text"
    title: str = "title"
    stars: str = "stars"
    author: str = ""
    name: str = ""
    created: str = "createdAt"
    updated: str = ""
    language: str = ""
    region: str = ""
    url: str = ""
    answer: str = ""
    answered: str = ""
    next: str = ""
    page: str = ""
    size: str = ""
    one: str = ""
    reply: str = ""
    reply_text: str = "message"
    reply_author: str = ""
    login: str = ""

    @property
    def takes_answers(self) -> bool:
        """Whether we can answer there, and see afterwards whether we did."""
        return bool(self.reply and self.one and self.answer)


TRUSTPILOT = Form(
    list="v1/private/business-units/{unit}/reviews?orderBy=createdat.desc",
    author="consumer.id",
    name="consumer.displayName",
    updated="updatedAt",
    language="language",
    region="consumer.countryCode",
    url="https://www.trustpilot.com/reviews/{id}",
    answer="companyReply.text",
    answered="companyReply.createdAt",
    page="page",
    size="perPage",
    one="v1/private/reviews/{id}",
    reply="v1/private/reviews/{id}/reply",
    reply_author="authorBusinessUserId",
    login="v1/oauth/oauth-business-users-for-applications/accesstoken",
)
PRESETS = {"trustpilot": TRUSTPILOT}
ADDRESSES = {"trustpilot": "https://api.trustpilot.com"}
NAMES = frozenset(field.name for field in fields(Form))


def form_of(account: Account) -> Form:
    """Return the form of the account's site, as far as its words are any; `check_form` says what is wrong with them."""
    preset = PRESETS.get(_preset(account))
    return preset or Form(**{name: value for name, value in _words(account).items() if name in NAMES})


def check_form(account: Account) -> None:
    """Raise `SettingsWrong` where the account's options make no form."""
    preset, words = _preset(account), _words(account)
    unknown = sorted(words.keys() - NAMES)
    if preset and preset not in PRESETS:
        raise SettingsWrong(Said.NO_PRESET, name=preset[:40], known=", ".join(PRESETS))
    if unknown:
        raise SettingsWrong(Said.NOT_IN_MAPPING, names=", ".join(unknown)[:80], known=", ".join(sorted(NAMES)))
    if not preset and not words.get("list"):
        raise SettingsWrong(N_("Choose a preset, or write in the mapping where the list of reviews lies: list=v1/…/{unit}/reviews"))


def _preset(account: Account) -> str:
    return account.options.get("preset", "").strip().casefold()


def _words(account: Account) -> dict[str, str]:
    parted = (word.partition("=") for word in account.options.get("mapping", "").split())
    return {name: value for name, _, value in parted}


def address_of(account: Account) -> str:
    """Return the site's address, empty where none is given."""
    return account.options.get("address", "").strip() or ADDRESSES.get(_preset(account), "")


def dig(body: object, path: str) -> object:
    """Return what lies at a path of the JSON; None where there is nothing, or no path."""
    found = body if path else None
    for step in path.split("."):
        found = _step(found, step)
    return found


def _step(found: object, step: str) -> object:
    if isinstance(found, list) and step.isdecimal():
        return next(iter(reading.sequence(found)[int(step) :][:1]), None)
    return reading.mapping(found).get(step)


def moment(value: object) -> datetime | None:
    """Return a moment from ISO 8601, or from seconds or milliseconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > MILLISECONDS_BEGIN:
        return reading.moment(value / 1000)
    return reading.moment(value)
