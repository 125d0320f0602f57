"""Makes one call of a webhook. Place in the path: feed -> call laid down -> here -> delivered, or a time to try again.

Each webhook is called in order, one call at a time; several webhooks are called side by side.
"""

from collections.abc import Callable

import requests

from amends.core.errors import NetworkError
from amends.core.kept import keep
from amends.core.log import bound, logger
from amends.core.outward import OutwardAdapter
from amends.core.translating import N_
from amends.inbox.actions import webhooks
from amends.inbox.actions.webhooks import Answered, Letter
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)
TIME_OUT = 5.0

Post = Callable[[Letter], Answered]


def post_letter(letter: Letter) -> Answered:
    """Post a letter; an address inside our own network is not asked, whatever its name, but where an administrator entered it."""
    with requests.Session() as session:
        if not letter.inside:
            for scheme in ("http://", "https://"):
                session.mount(scheme, OutwardAdapter())
        return post(session, letter)


def post(session: requests.Session, letter: Letter) -> Answered:
    """Post a letter and return how it was answered; no redirect is followed, and nothing of the answer is read."""
    try:
        with session.post(
            letter.url, data=letter.body, headers=letter.headers, timeout=TIME_OUT, allow_redirects=False, stream=True
        ) as got:
            return Answered(status=got.status_code)
    except NetworkError as error:
        return Answered(error=error.kept)
    except (requests.RequestException, OSError, UnicodeError) as error:
        return Answered(error=keep(N_("no answer (%(what)s)"), what=type(error).__name__))


def call_one(at: Context, send: Post = post_letter) -> bool:
    """Make one call; False where none is due."""
    with at.pool.transaction() as conn:
        call = webhooks.claim(conn, now=at.clock())
        letter = webhooks.letter_of(conn, call, secret_key=at.secret_key, now=at.clock()) if call else None
    if call is None or letter is None:
        return False
    at.wake(Task.CALL_WEBHOOKS)
    with bound(webhook_id=call.webhook_id, customer_id=call.customer_id):
        answer = send(letter)
        with at.pool.transaction() as conn:
            webhooks.record(conn, call, answer, now=at.clock())
        log.info("webhook_called", status=answer.status, words=answer.error, attempts=call.attempts)
    return True
