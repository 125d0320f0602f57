"""A form that a company links or embeds: what a visitor writes there is a post that only the company sees.

Place in the path: `GET|POST /form/<source>` (api/pages/form.py) -> `posts_from` -> ingest. Nothing is fetched, and nothing can be answered
here: how it is embedded and what is kept is in docs/networks/form.md.
"""

import hashlib
import json

from amends.core import reading
from amends.core.abilities import Abilities, Group, Option
from amends.core.clock import Clock, utc_now
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest, Standing
from amends.core.post import Author, Post, Visibility
from amends.core.translating import N_
from amends.core.unasked import Unasked
from amends.core.watching import WatchKind

NETWORK = "form"
CREDENTIALS = ()
OPTIONS = (
    Option(name="title", label=N_("Title of the form"), hint=N_("else: Write to us")),
    Option(name="consent", label=N_("What visitors agree to"), hint=N_("a sentence beside the box; else one in the visitor's language")),
    Option(name="privacy_url", label=N_("Address of your privacy notice"), hint=N_("https://…")),
    Option(name="embed_from", label=N_("Pages that may embed it"), hint=N_("https://www.example.com, several apart by blanks")),
)
WATCHES = (WatchKind.CALLS,)
ABILITIES = Abilities(
    title="Web form",
    mark="f",
    group=Group.MESSAGES,
    at="",
    handle=N_("Name of the form"),
    replies=False,
    refreshes=False,
    threads=False,
    polls=False,
    over_http=False,
)
WHY_NO_REPLY = N_("A web form has no way back; answer by the e-mail address or phone number in the message.")
VISITOR = "visitor"


class Form(Unasked):
    """One form."""

    network = NETWORK
    why_no_reply = WHY_NO_REPLY

    def check(self) -> Standing:
        """Return that nothing hinders the form, and that it cannot answer."""
        return Standing(user_id="", handle=self._account.handle, can_reply=False, warnings=(WHY_NO_REPLY,))


def posts_from(body: object, account: Account) -> Harvest:  # noqa: ARG001 - every network is told whose body it is
    """Return the post of a form that was sent; its fields are `reference`, `sent_at`, `message`, `name`, `contact` and `order`."""
    try:
        told = reading.mapping(json.loads(body) if isinstance(body, bytes) else body)
    except (ValueError, RecursionError):
        told = {}
    field = {name: reading.text(value).strip() for name, value in told.items()}
    sent_at = reading.moment(field.get("sent_at"))
    reference, message = field.get("reference", ""), field.get("message", "")
    if not reference or not message or sent_at is None:
        return Harvest(posts=(), troubles=(Lack.FORM,))
    post = Post(
        network=NETWORK,
        external_id=reference,
        author=_author(reference, field.get("name", ""), field.get("contact", "")),
        text="\n\n".join(filter(None, (message, _order(field.get("order", "")), field.get("contact", "")))),
        published_at=sent_at,
        permalink="",
        root_id=reference,
        raw=json.dumps(told).encode(),
        visibility=Visibility.DIRECT,
        can_reply=False,
        why_no_reply=WHY_NO_REPLY,
    )
    return Harvest(posts=(post,))


def build(account: Account, clock: Clock = utc_now) -> Form:  # noqa: ARG001 - every network is given a clock
    """Return the collector of a form. Options: `title`, `consent`, `privacy_url`, `embed_from`."""
    return Form(account)


def _author(reference: str, name: str, contact: str) -> Author:
    """Return who wrote: the same contact is the same author, which is told and not proven; without one each message has its own."""
    known = hashlib.sha256(contact.casefold().encode()).hexdigest()[:24] if contact else ""
    return Author(external_id=f"contact-{known}" if known else f"{VISITOR}-{reference}", handle=name or VISITOR, name=name)


def _order(number: str) -> str:
    return f"Order {number}" if number else ""
