"""Judge what X answers: which errors it means, whether a page is a page, who it takes us for.

Place in the path: tweepy -> `core.network.Wire` -> `judge`, and the JSON that comes back -> `x.fetch`.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from amends.collectors._x_items import digits, unpack
from amends.core import reading
from amends.core.errors import AccessDenied, NetworkError, PaymentRequired, ReplyRefused, Unreachable
from amends.core.kept import keep
from amends.core.network import WHO_ARE_WE, is_refusal, words_of
from amends.core.ports import Account, Standing
from amends.core.translating import N_

OWN_PRICE, ANSWER_PRICE, LINK_PRICE, MESSAGE_PRICE = 0.001, 0.015, 0.2, 0.01
REPLIES = ("/2/tweets", "/messages", "/2/media/upload", "/2/media/metadata")
OF_THE_APP = ("oauth1-permissions", "unsupported-authentication", "client-forbidden")


def judge(response: requests.Response) -> NetworkError | None:
    """Return the errors that only X makes: a reply that it will not take, and a month's posts used up."""
    words = words_of(response)
    problem = response.text if response.status_code in range(400, 500) else ""
    if _is_reply(response.request) and is_refusal(response.status_code) and not any(sign in problem for sign in OF_THE_APP):
        return ReplyRefused(words)
    if response.status_code == 429 and "UsageCapExceeded" in problem:  # noqa: PLR2004
        return PaymentRequired(words)
    return None


def _is_reply(request: requests.PreparedRequest) -> bool:
    """Tell whether this publishes a post, sends a message or a picture for one, and does not make a rule or a job."""
    return request.method == "POST" and urlsplit(request.url or "").path.endswith(REPLIES)


def page_of(body: Mapping[str, object]) -> Mapping[str, object]:
    """Return `body` where it is a page of posts; an answer without posts and without counts would otherwise end a walk too early."""
    if isinstance(body.get("data"), list | dict) or isinstance(body.get("meta"), dict):
        return body
    errors = reading.mappings(body.get("errors"))
    if errors:
        raise AccessDenied(" ".join(filter(None, (reading.text(error.get("detail")) for error in errors))))
    raise Unreachable(N_("X answered without posts and without counting them."))


def shown_or_not(body: Mapping[str, object]) -> Mapping[str, object]:
    """Return `body` where it answers for the posts that were asked for: it shows them or says why not."""
    if isinstance(body.get("data"), list | dict) or isinstance(body.get("errors"), list):
        return body
    raise Unreachable(N_("X answered neither with posts nor with reasons."))


def gone_ids(body: Mapping[str, object]) -> set[str]:
    """Return the ids that X names as gone; of one that it neither shows nor names nothing is known."""
    gone_for_good = ("resource-not-found", "not-authorized-for-resource")
    return {
        reading.name(error.get("resource_id") or error.get("value"))
        for error in reading.mappings(body.get("errors"))
        if reading.text(error.get("type")).endswith(gone_for_good)
    }


def unpublished(body: Mapping[str, object]) -> NetworkError:
    """Return what an answer to a reply means that names no post: refused where it says why, else nobody knows."""
    reasons = unpack(body).troubles
    return ReplyRefused(" ".join(reasons)) if reasons else Unreachable(N_("X accepted the reply but did not say its id."))


def standing_of(me: Mapping[str, object], *, can_reply: bool, warnings: tuple[str, ...]) -> Standing:
    """Return who we are, from X's description of a user."""
    user_id = digits(me.get("id"))
    if not user_id:
        raise Unreachable(WHO_ARE_WE % {"title": "X"})
    return Standing(user_id=user_id, handle=reading.text(me.get("username")), can_reply=can_reply, warnings=warnings)


def cost_of(price: float) -> str:
    """Return in a sentence what reading costs; `price` in US dollars."""
    prices = {"post": price, "own": OWN_PRICE, "answer": ANSWER_PRICE, "link": LINK_PRICE, "message": MESSAGE_PRICE}
    return keep(
        N_(
            "X bills each post that it shows us: %(post)s a post, the same post once a day; posts of our own %(own)s, an answer"
            " %(answer)s, one with a link %(link)s; a private message %(message)s to read and %(answer)s to send."
        ),
        **{name: f"${dollars:.4g}" for name, dollars in prices.items()},
    )


def handle_warning(me: Mapping[str, object], account: Account) -> tuple[str, ...]:
    """Return a warning where the tokens are another account's than the one that was entered."""
    theirs, ours = reading.text(me.get("username")), account.handle.lstrip("@")
    return (
        ()
        if theirs.casefold() == ours.casefold()
        else (keep(N_("The tokens belong to @%(theirs)s, not to @%(ours)s."), theirs=theirs, ours=ours),)
    )
