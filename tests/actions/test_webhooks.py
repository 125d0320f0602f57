"""Webhooks: signed, in order, at least once; a receiver that is down is tried again, one that is gone is stopped with the reason."""

import base64
import hashlib
import hmac
import json
from collections.abc import Generator
from datetime import timedelta
from functools import partial

import pytest
import requests

from amends.core.database import Pool, fetch_values
from amends.core.errors import NotFound, Refused
from amends.core.kept import told as in_words
from amends.inbox.actions import customer_record, webhooks
from amends.inbox.actions.webhooks import Answered, Letter
from amends.inbox.rules.ids import CustomerId
from amends.inbox.rules.signature import sign
from amends.inbox.store import webhooks as rows
from amends.worker.webhooks import call_one, post, post_letter
from tests.cast import NOON, SECRET_KEY, mia
from tests.desk import DAY, HOUR
from tests.receiver import Receiver, receiving
from tests.workplace import Workplace


class Told:
    """A worker whose calls end here; `status` is what the receiver answers."""

    def __init__(self, pool: Pool) -> None:
        self.work = Workplace(pool=pool)
        self.pool = pool
        self.letters: list[Letter] = []
        self.status = 204
        with pool.transaction() as conn:
            self.id, self.secret = webhooks.make(
                conn,
                name="CRM",
                url="https://crm.example/hook",
                kinds=["created", "changed"],
                secret_key=SECRET_KEY,
                agent_id=mia(conn),
                now=NOON,
            )

    def customer(self, name: str) -> CustomerId:
        """Make a customer."""
        with self.pool.transaction() as conn:
            return customer_record.make(conn, name=name, by=None, now=self.work.now)

    def rename(self, customer_id: CustomerId, name: str) -> None:
        """Change a customer."""
        with self.pool.transaction() as conn:
            customer_record.change(conn, customer_id=customer_id, values={"name": name}, version=None, by=None, now=self.work.now)

    def send(self, letter: Letter) -> Answered:
        """Take a letter."""
        self.letters.append(letter)
        return Answered(status=self.status)

    def work_off(self) -> None:
        """Make every call that is due."""
        while call_one(self.work.context, self.send):
            pass

    def told(self) -> list[tuple[str, str]]:
        """Return the kind and the name of each call."""
        found = [json.loads(letter.body) for letter in self.letters]
        return [(one["type"], (one["data"]["customer"] or {}).get("name", "")) for one in found]

    def hook(self) -> rows.Webhook:
        """Return the webhook as the page shows it."""
        with self.pool.transaction() as conn:
            return rows.every(conn)[0]


@pytest.fixture
def told(pool: Pool) -> Told:
    return Told(pool)


def test_changes_are_told_in_order_with_the_customer_as_they_are_now(told: Told) -> None:
    one = told.customer("A")
    told.customer("B")
    told.rename(one, "A2")

    told.work_off()

    assert told.told() == [("customer.created", "A2"), ("customer.created", "B"), ("customer.changed", "A2")]
    assert told.hook().waiting == 0


def test_a_receiver_that_is_down_is_tried_again_before_the_next_is_told(told: Told) -> None:
    told.customer("A")
    told.customer("B")
    told.status = 503
    told.work_off()
    assert told.told() == [("customer.created", "A")]
    assert (told.hook().waiting, in_words(told.hook().trouble)) == (2, "the receiver answers 503")

    told.status = 204
    told.work.now += timedelta(seconds=5)
    told.work_off()

    assert told.told() == [("customer.created", "A"), ("customer.created", "A"), ("customer.created", "B")]
    keys = [letter.headers["webhook-id"] for letter in told.letters]
    assert keys[0] == keys[1] != keys[2]
    assert told.hook().trouble == ""


def test_a_dead_receiver_is_stopped_and_goes_on_where_it_was_when_resumed(told: Told) -> None:
    told.status = 500
    told.customer("A")
    for _hour in range(30):
        told.work_off()
        told.work.now += timedelta(hours=1)
    stopped = told.hook()
    told.customer("B")
    told.letters.clear()

    told.status = 204
    with told.pool.transaction() as conn:
        webhooks.resume(conn, told.id, now=told.work.now)
    told.work_off()

    assert (stopped.stopped_at is not None, in_words(stopped.why)) == (True, "the receiver answers 500")
    assert told.told() == [("customer.created", "A"), ("customer.created", "B")]


def test_a_receiver_that_says_it_is_gone_is_stopped_at_once(told: Told) -> None:
    told.status = 410
    told.customer("A")
    told.work_off()

    assert told.hook().stopped_at is not None


def test_only_the_chosen_kinds_are_told_and_a_test_call_says_that_it_is_one(told: Told) -> None:
    one = told.customer("A")
    told.work_off()
    with told.pool.transaction() as conn:
        conn.execute("update customers set erased_at = now() where id = %s", [one])
        webhooks.test(conn, told.id, now=told.work.now)
    told.work_off()

    assert [kind for kind, _name in told.told()] == ["customer.created", "test"]


def test_the_secret_is_sealed_at_rest(told: Told) -> None:
    with told.pool.transaction() as conn:
        kept = bytes(fetch_values(conn, "select secret from webhooks")[0])

    assert told.secret.encode() not in kept


def signers(told: Told, *secrets: str) -> list[bool]:
    """Return which of these secrets signed the newest call."""
    letter = told.letters[-1]
    key, stamp = letter.headers["webhook-id"], letter.headers["webhook-timestamp"]
    by = [sign(base64.b64decode(secret.removeprefix("whsec_")), key, stamp, letter.body) for secret in secrets]
    return [one in letter.headers["webhook-signature"].split() for one in by]


def test_a_new_secret_signs_beside_the_one_before_for_a_day(told: Told) -> None:
    with told.pool.transaction() as conn:
        new = webhooks.renew_secret(conn, told.id, secret_key=SECRET_KEY, now=told.work.now)
    seen: list[list[bool]] = []
    for wait in (HOUR, DAY):
        told.work.now += wait
        told.customer("A")
        told.work_off()
        seen.append(signers(told, new, told.secret))
    assert seen == [[True, True], [True, False]]


def test_who_renews_a_secret_twice_leaves_the_one_that_the_receiver_knows_in_force(told: Told) -> None:
    with told.pool.transaction() as conn:
        lost, new = [webhooks.renew_secret(conn, told.id, secret_key=SECRET_KEY, now=told.work.now) for _ in range(2)]
    told.customer("A")
    told.work_off()
    assert signers(told, new, lost, told.secret) == [True, True, True]


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with receiving() as found:
        yield found


def test_a_call_is_signed_as_standard_webhooks_are(told: Told, receiver: Receiver) -> None:
    told.customer("A")
    with told.pool.transaction() as conn:
        conn.execute("update webhooks set url = %s", [receiver.url])
    with requests.Session() as session:
        call_one(told.work.context, partial(post, session))

    (got,) = receiver.received
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    digest = hmac.new(base64.b64decode(told.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_an_address_inside_our_network_is_not_called(receiver: Receiver) -> None:
    answer = post_letter(Letter(url=receiver.url, headers={}, body=b"{}"))

    assert "inside this network" in answer.error
    assert receiver.received == []


def test_an_address_inside_our_network_is_called_where_an_administrator_entered_it(told: Told, receiver: Receiver) -> None:
    with told.pool.transaction() as conn:
        webhooks.make(
            conn, name="", url=receiver.url, kinds=["created"], secret_key=SECRET_KEY, agent_id=None, now=told.work.now, inside=True
        )
    told.customer("A")
    while call_one(told.work.context):
        pass

    assert [got.json["data"]["customer"]["name"] for got in receiver.received] == ["A"]
    assert "T" in receiver.received[0].json["data"]["customer"]["created_at"]  # as every other time that the interface writes


def test_an_address_that_cannot_be_called_is_refused(told: Told) -> None:
    with told.pool.transaction() as conn:
        for url in ("ftp://a.example", "https://", "https://me:pw@a.example/", "nonsense"):
            with pytest.raises(Refused):
                webhooks.make(conn, name="x", url=url, kinds=["created"], secret_key=SECRET_KEY, agent_id=None, now=NOON)
        with pytest.raises(NotFound):
            webhooks.test(conn, 999, now=NOON)
