"""Sends the reports that are due. Place in the path: beat -> here -> mail server."""

from dataclasses import replace

from amends.core.errors import AmendsError, DeliveryError
from amends.core.log import bound, logger
from amends.core.translating import gettext as _
from amends.inbox.actions import report_sending
from amends.inbox.actions.report_sending import Ready
from amends.inbox.notifiers import email
from amends.inbox.store.report_sendings import Claimed
from amends.worker.context import Context

log = logger(__name__)


def send_one_report(at: Context) -> bool:
    """Plan what is due and send one report to one person; False where none is due."""
    with at.pool.transaction() as conn:
        report_sending.plan(conn, now=at.clock())
    with at.pool.transaction() as conn:
        claimed = report_sending.claim(conn, now=at.clock())
    if claimed is None:
        return False
    with bound(report_id=claimed.report_id, sending_id=claimed.id):
        _send(at, claimed)
    return True


def _send(at: Context, claimed: Claimed) -> None:
    try:
        with at.pool.transaction() as conn:
            ready = report_sending.prepare(conn, claimed, base=at.public_url.rstrip("/"), now=at.clock())
        if ready is None:
            return
        _hand_over(at, ready)
    except AmendsError as error:
        log.warning("report_not_sent", words=str(error))
        with at.pool.transaction() as conn:
            report_sending.record_trouble(conn, claimed, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        report_sending.record_sent(conn, claimed, now=at.clock())
    log.info("report_sent")


def _hand_over(at: Context, ready: Ready) -> None:
    mail_url = at.settings.mail_url.get_secret_value()
    if not mail_url:
        raise DeliveryError(_("No mail server is set (AMENDS_MAIL_URL)."), permanent=True)
    box = email.mailbox(mail_url, to=(ready.to,), clock=at.clock)
    replace(box, html=ready.html, enclosed=ready.enclosed).deliver(ready.message)
