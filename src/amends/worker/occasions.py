"""Plans and sends messages on occasions. Place in the path: beat -> here -> mail server, or a reply."""

from amends.core.errors import AmendsError, DeliveryError
from amends.core.log import bound, logger
from amends.core.ports import Message
from amends.core.translating import gettext as _
from amends.core.translating import speaking
from amends.inbox.actions import plan_occasions, send_occasions
from amends.inbox.actions.send_occasions import Letter
from amends.inbox.notifiers import email
from amends.inbox.store.occasion_messages import Claimed
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def plan(at: Context) -> None:
    """Plan what falls on today, and let it be sent."""
    with at.pool.transaction() as conn:
        planned = plan_occasions.plan(conn, now=at.clock())
    if planned:
        log.info("occasions_planned", n=planned)
    at.wake(Task.SEND_OCCASIONS)


def send_one(at: Context) -> bool:
    """Send one message; False where none is due."""
    with at.pool.transaction() as conn:
        claimed = send_occasions.claim(conn, now=at.clock())
    if claimed is None:
        return False
    with bound(occasion_id=claimed.occasion_id, message_id=claimed.id):
        _send(at, claimed)
    return True


def _send(at: Context, claimed: Claimed) -> None:
    with at.pool.transaction() as conn:
        letter = send_occasions.prepare(conn, claimed, policy=at.policy, now=at.clock())
    if letter is None:
        at.wake(Task.SEND_REPLIES)
        return
    try:
        _hand_over(at, letter)
    except DeliveryError as error:
        log.warning("occasion_not_sent", words=str(error), permanent=error.permanent, attempts=claimed.attempts)
        with at.pool.transaction() as conn:
            send_occasions.record_trouble(conn, claimed, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        send_occasions.record_sent(conn, letter.message_id, now=at.clock())


def _hand_over(at: Context, letter: Letter) -> None:
    """Hand the mail to the server; what is wrong with the address or the setting is final."""
    mail_url = at.settings.mail_url.get_secret_value()
    if not mail_url:
        raise DeliveryError("this installation has no mail server (AMENDS_MAIL_URL)", permanent=True)
    stop = f"{at.public_url}/stop/{letter.stop}"
    message = Message(
        key=f"occasion-{letter.message_id}", title=letter.subject, body=f"{letter.text}\n\n{stop}", url=stop, severity="", facts={}
    )
    try:
        with speaking(letter.language):
            button = _("Stop such messages")
        box = email.mailbox(mail_url, to=(letter.to,), clock=at.clock, button=button, language=letter.language, unsubscribe=stop)
        box.deliver(message)
    except DeliveryError:
        raise
    except AmendsError as error:
        raise DeliveryError(str(error), permanent=True) from error
