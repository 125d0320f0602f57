"""Asks one customer whether it is solved. Place in the path: survey due -> letter -> sent, or a time to try again."""

from amends.core.errors import AmendsError, DeliveryError
from amends.core.log import bound, logger
from amends.inbox.actions import letters, survey
from amends.inbox.actions.survey import Asking, Means
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def send_one_survey(at: Context) -> bool:
    """Send one survey; False where none is due."""
    mail_url = at.settings.mail_url.get_secret_value()
    means = Means(can_mail=bool(mail_url), base=at.public_url, secret_key=at.secret_key, policy=at.policy)
    with at.pool.transaction() as conn:
        asking = survey.claim_survey(conn, means, now=at.clock())
    if asking is None:
        return False
    if asking.letter:
        with bound(case_id=asking.job.case_id, survey_id=asking.job.id):
            _send(at, asking, mail_url)
    at.wake(Task.RELAY)
    return True


def _send(at: Context, asking: Asking, mail_url: str) -> None:
    if asking.letter is None:
        return
    try:
        letters.send(asking.letter, mail_url=mail_url, now=at.clock())
    except AmendsError as error:
        trouble = error if isinstance(error, DeliveryError) else DeliveryError(str(error), permanent=True)
        log.warning("survey_not_sent", words=str(trouble), permanent=trouble.permanent)
        with at.pool.transaction() as conn:
            survey.record_not_asked(conn, asking.job, trouble, now=at.clock())
        return
    with at.pool.transaction() as conn:
        survey.record_asked(conn, asking.job, now=at.clock())
    log.info("survey_sent")
