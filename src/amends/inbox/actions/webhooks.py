"""Tells others of changes to customers. Place in the path: change -> feed (a trigger) -> here: a call laid down -> `worker/webhooks`."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

from amends.core.database import Connection
from amends.core.errors import NotFound
from amends.core.kept import keep
from amends.core.secrets import seal, unseal
from amends.core.translating import N_, _
from amends.inbox.rules.customer_record import line
from amends.inbox.rules.delivery import next_try
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.signature import sign
from amends.inbox.rules.webhooks import body, checked_kinds, checked_url
from amends.inbox.store import customer_feed, persons, webhooks
from amends.inbox.store.webhooks import Call

BATCH = 1_000
BOTH = timedelta(days=1)
MOST_BEFORE = 3
LEASE = timedelta(seconds=60)
GONE = 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A call as it goes over the wire; `inside` where it may lead inside our own network."""

    url: str
    inside: bool = False
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """How a receiver answered: its status, or what went wrong."""

    status: int | None = None
    error: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the call came through."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


def make(  # noqa: PLR0913
    conn: Connection,
    *,
    name: str,
    url: str,
    kinds: Sequence[str],
    secret_key: str,
    agent_id: AgentId | None,
    now: datetime,
    inside: bool = False,
) -> tuple[int, str]:
    """Make a webhook; return its id and its secret, which is shown this once. It is told of what happens from now on.

    Only who sees to the machines (`inside`) enters an address inside our own network.
    """
    address, secret = checked_url(url), _new_secret()
    webhook_id = webhooks.insert(
        conn,
        name=line(name, 80) or address.partition("://")[2].partition("/")[0],
        url=address,
        inside=inside,
        secret=seal({"secret": secret}, secret_key),
        kinds=checked_kinds(kinds),
        place=customer_feed.end(conn),
        agent_id=agent_id,
        now=now,
    )
    return webhook_id, secret


def renew_secret(conn: Connection, webhook_id: int, *, secret_key: str, now: datetime) -> str:
    """Give a webhook a new secret and return it, shown this once; for a day calls are signed with the one before as well.

    Whoever renews twice, since the new one was not copied, leaves the one that the receiver knows in force, too.
    """
    sealed = webhooks.secret(conn, webhook_id)
    if sealed is None:
        raise NotFound(_("There is no such webhook, or this was done already."))
    before = _kept_in_force(unseal(sealed, secret_key), now)[:MOST_BEFORE]
    made = {"secret": _new_secret(), "before": " ".join(before), "before_until": (now + BOTH).isoformat()}
    webhooks.set_secret(conn, webhook_id, seal(made, secret_key))
    return made["secret"]


def _new_secret() -> str:
    return f"whsec_{b64encode(token_bytes(32)).decode()}"


def _kept_in_force(kept: Mapping[str, str], now: datetime) -> list[str]:
    """Return the secrets that sign a call now, the newest first."""
    both = "before" in kept and now < datetime.fromisoformat(kept["before_until"])
    return [kept["secret"], *(kept["before"].split() if both else [])]


def _in_force(kept: Mapping[str, str], now: datetime) -> list[bytes]:
    return [b64decode(one.removeprefix("whsec_")) for one in _kept_in_force(kept, now)]


def stop(conn: Connection, webhook_id: int, *, now: datetime) -> None:
    """Tell a webhook nothing until it is resumed; what happens meanwhile is told then."""
    _there(webhooks.set_stopped(conn, webhook_id, at=now, why=N_("stopped by hand")))


def resume(conn: Connection, webhook_id: int, *, now: datetime) -> None:
    """Go on where it was left; calls that were given up are tried again first, in their order."""
    _there(webhooks.set_stopped(conn, webhook_id, at=None))
    webhooks.queue_failed_again(conn, webhook_id, now=now)


def delete(conn: Connection, webhook_id: int, *, now: datetime) -> None:
    """Put a webhook away."""
    _there(webhooks.set_deleted(conn, webhook_id, at=now))


def restore(conn: Connection, webhook_id: int) -> None:
    """Bring a webhook back."""
    _there(webhooks.set_deleted(conn, webhook_id, at=None))


def test(conn: Connection, webhook_id: int, *, now: datetime) -> None:
    """Queue a call that only tries the receiver."""
    _there(int(any(one.id == webhook_id for one in webhooks.every(conn))))
    webhooks.queue_test(conn, webhook_id, now=now)


def _there(found: int) -> None:
    if not found:
        raise NotFound(_("There is no such webhook, or this was done already."))


def claim(conn: Connection, *, now: datetime) -> Call | None:
    """Return the next call to make, or None; new changes are laid down as calls first."""
    webhooks.lay_down(conn, now=now, limit=BATCH)
    return webhooks.claim(conn, now=now, lease=LEASE)


def letter_of(conn: Connection, call: Call, *, secret_key: str, now: datetime) -> Letter:
    """Return a call signed after Standard Webhooks, with the customer as they are now."""
    person = persons.by_ids(conn, [call.customer_id]).get(call.customer_id) if call.customer_id else None
    text = body(
        call.kind,
        customer_id=call.customer_id,
        version=call.version,
        merged_into=call.merged_into,
        person=person,
        at=call.happened_at,
    )
    key, stamp = f"customer-{call.id}", str(int(now.timestamp()))
    secrets = _in_force(unseal(call.secret, secret_key), now)
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(sign(secret, key, stamp, text) for secret in secrets),
    }
    return Letter(url=call.url, inside=call.inside, headers=headers, body=text)


def record(conn: Connection, call: Call, answer: Answered, *, now: datetime) -> None:
    """Keep how a call went: done, to be tried again, or after a day given up, and its webhook stopped with the reason."""
    if answer.is_good:
        webhooks.set_delivered(conn, call.id, status=answer.status or 0, now=now)
        return
    error = answer.error or keep(N_("the receiver answers %(status)s"), status=str(answer.status))
    again = None if answer.status == GONE else next_try(attempts=call.attempts, raised_at=call.tried_since, now=now)
    if again is not None:
        webhooks.set_again(conn, call.id, status=answer.status, error=error, next_at=again)
        return
    webhooks.set_failed(conn, call.id, status=answer.status, error=error)
    webhooks.set_stopped(conn, call.webhook_id, at=now, why=error)
