"""Gathers what the company set and taught for triage. Place in the path: settings and corrections -> here -> `triage.judge`."""

from amends.core.database import Connection
from amends.core.errors import ModelMissing
from amends.core.log import logger
from amends.inbox.actions.matchers import sieve_in_force, topics_in_force
from amends.inbox.store import heads, order_shapes, urgency_weights
from amends.triage.head import Head, unpack
from amends.triage.tuning import Tuning
from amends.triage.urgency_weights import SHIPPED_WEIGHTS, UrgencyWeights

log = logger(__name__)


def tuning(conn: Connection) -> Tuning:
    """Return the tuning in force."""
    return Tuning(
        head=head_in_force(conn),
        order_shapes=order_shapes.newest(conn),
        urgency=weights_in_force(conn),
        topics=topics_in_force(conn),
        noise=sieve_in_force(conn),
    )


def weights_in_force(conn: Connection) -> UrgencyWeights:
    """Return what each reason of urgency is worth."""
    weighed = urgency_weights.newest(conn)
    return weighed.weights if weighed else SHIPPED_WEIGHTS


def head_in_force(conn: Connection) -> Head | None:
    """Return what agents taught; a damaged head is told to the log, and the shipped model speaks instead."""
    stored = heads.in_force(conn)
    if stored is None:
        return None
    try:
        return unpack(stored.weights, version=stored.version, encoder=stored.encoder)
    except ModelMissing as error:
        log.error("head_damaged", words=str(error))  # noqa: TRY400 - the words say it all
        return None
