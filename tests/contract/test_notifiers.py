"""Every alert channel keeps the same promises. A new one is picked up by its file and asks for a receiver here."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from amends.core.connections import line_to
from amends.core.errors import DeliveryError, Refused, SourceUnfit
from amends.core.ports import Message
from amends.inbox import notifiers
from amends.inbox.notifiers import email, webhook
from tests.mailbox import a_mailbox
from tests.ports import port_of_ours
from tests.receiver import receiving

KINDS = notifiers.kinds()
MESSAGE = Message(
    key="alert-7",
    title="HarbourAir on x: Negative, urgency 80: outage.",
    body="@cy on x: the app is down ☹\n\nCase: http://127.0.0.1:8000/inbox/3",
    url="http://127.0.0.1:8000/inbox/3",
    severity="critical",
    facts={"case_id": 3, "urgency": 80},
)


@dataclass(frozen=True)
class Channel:
    """A live receiver: its target, what it got so far as text, and how to make it refuse for now."""

    target: str
    got: Callable[[], list[str]]
    refuse_for_now: Callable[[], None]


@contextmanager
def _http(scheme: str) -> Generator[Channel]:
    with receiving() as receiver:

        def refuse() -> None:
            receiver.statuses = [500]

        yield Channel(
            target=f"{scheme}://127.0.0.1:{receiver.port}/hook",
            got=lambda: [str(request.json) for request in receiver.received],
            refuse_for_now=refuse,
        )


@contextmanager
def _mail() -> Generator[Channel]:
    with a_mailbox() as box:

        def refuse() -> None:
            box.answer = "451 later, please"

        yield Channel(
            target=f"smtp://127.0.0.1:{box.port}/?from=amends@shop.example&to=care@shop.example,boss@shop.example",
            got=lambda: [f"{letter['subject']}\n{letter.get_body().get_content()}" for letter in box.letters],  # pyright: ignore[reportOptionalMemberAccess]
            refuse_for_now=refuse,
        )


CHANNELS = {"webhook": lambda: _http("webhook+http"), "email": _mail, "apprise": lambda: _http("json")}


@pytest.fixture(params=KINDS)
def channel(request: pytest.FixtureRequest) -> Generator[Channel]:
    with CHANNELS[request.param]() as found:
        yield found


@pytest.mark.parametrize("kind", KINDS)
def test_every_channel_has_a_receiver_here(kind: str) -> None:
    with CHANNELS[kind]() as channel:
        assert notifiers.kind_of(channel.target) == kind


def test_an_alert_arrives_with_title_words_and_case(channel: Channel) -> None:
    notifiers.build(channel.target).deliver(MESSAGE)
    [text] = channel.got()
    assert "urgency 80" in text
    assert "the app is down ☹" in text
    assert MESSAGE.url in text


def test_the_same_alert_may_be_handed_over_again(channel: Channel) -> None:
    notifier = notifiers.build(channel.target)
    notifier.deliver(MESSAGE)
    notifier.deliver(MESSAGE)
    assert len(channel.got()) == 2


def test_a_refusal_that_may_pass_is_a_delivery_error_to_try_again(channel: Channel) -> None:
    channel.refuse_for_now()
    with pytest.raises(DeliveryError) as caught:
        notifiers.build(channel.target).deliver(MESSAGE)
    assert not caught.value.permanent


@pytest.mark.parametrize("scheme", ["webhook+http", "smtp", "json"])
def test_a_dead_receiver_is_a_delivery_error_to_try_again(scheme: str) -> None:
    notifier = notifiers.build(f"{scheme}://127.0.0.1:{port_of_ours()}/?to=care@shop.example")
    with pytest.raises(DeliveryError) as caught:
        notifier.deliver(MESSAGE)
    assert not caught.value.permanent


def test_hostile_words_arrive_as_words(channel: Channel) -> None:
    title = "Bcc: all@shop.example\r\nX-Evil: 1 <script>alert(1)</script>"
    notifiers.build(channel.target).deliver(replace(MESSAGE, title=title, body="\u202e ﷽ \x07 <img src=x onerror=alert(1)> " * 200))
    assert len(channel.got()) == 1


@pytest.mark.parametrize("written", ["html", "markdown"])
def test_a_stranger_s_words_are_no_markup_in_a_service_that_knows_some(written: str) -> None:
    with CHANNELS["apprise"]() as channel:
        body = '<a href="https://evil.example">Open the case</a> [Open the case](https://evil.example)'
        notifiers.build(f"{channel.target}?format={written}").deliver(replace(MESSAGE, body=body))
        [text] = channel.got()
    assert "<a href" not in text if written == "html" else "[Open the case](" not in text


@pytest.mark.parametrize(
    "target",
    [
        *("", "hello", "nosuch://thing"),
        *("webhook+https://", "webhook+http://[::1", "webhook+http://h:99999/", "webhook+http://h:port/", "webhook+http://h/\0"),
        *("smtp://host:25/", "smtp://h:99999/?to=a@b.example", "smtp://[::1/?to=a@b.example"),
    ],
)
def test_an_address_that_cannot_work_is_refused_when_it_is_entered(target: str) -> None:
    with pytest.raises(Refused):
        notifiers.build(target)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("webhook+https://hooks.shop.example/T0P/S3CRET?secret=S3CRET", "webhook+https://hooks.shop.example/…"),
        ("smtp://care:S3CRET@mail.shop.example:587/?to=a@shop.example", "smtp://mail.shop.example:587 → a@shop.example"),
        ("slack://S3CRET/S3CRET/S3CRET", "slack://…"),
    ],
)
def test_a_shown_address_keeps_its_secrets(target: str, shown: str) -> None:
    assert notifiers.masked(target) == shown
    assert "S3CRET" not in shown


def test_a_webhook_is_signed_after_standard_webhooks() -> None:
    secret = base64.b64encode(b"0123456789abcdef").decode()
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with receiving() as receiver:
        webhook.build(f"webhook+{receiver.url}/hook?team=care&secret=whsec_{secret}", clock=lambda: noon).deliver(MESSAGE)
    [request] = receiver.received
    assert request.path == "/hook?team=care"
    assert request.headers["webhook-id"] == "alert-7"
    stamp = request.headers["webhook-timestamp"]
    assert stamp == str(int(noon.timestamp()))
    digest = hmac.new(b"0123456789abcdef", f"alert-7.{stamp}.".encode() + request.body, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("secret", ["whsec_MDEyMzQ1Njc4OWFiY2RlZg==", "words of ours"])
def test_the_receiver_of_the_page_about_alerts_knows_what_is_from_us_and_not_old(secret: str) -> None:
    [written] = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(), re.DOTALL)
    known: dict[str, Any] = {}
    exec(written, known)  # noqa: S102 - our own page
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with receiving() as receiver:
        webhook.build(f"webhook+{receiver.url}/?{urlencode({'secret': secret})}", clock=lambda: noon).deliver(MESSAGE)
    [request] = receiver.received
    is_ours = partial(known["is_from_amends"], headers=request.headers)
    assert is_ours(secret, body=request.body, now=noon.timestamp())
    assert not is_ours(secret, body=request.body, now=noon.timestamp() + 301)
    assert not is_ours(secret, body=request.body + b" ", now=noon.timestamp())
    assert not is_ours("another", body=request.body, now=noon.timestamp())


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(410, True), (404, True), (400, True), (301, True), (307, False), (429, False), (408, False), (503, False)],
)
def test_what_a_webhook_answers_decides_whether_to_try_again(status: int, permanent: bool) -> None:
    with receiving(status=status) as receiver, pytest.raises(DeliveryError) as caught:
        notifiers.build(f"webhook+{receiver.url}/").deliver(MESSAGE)
    assert caught.value.permanent is permanent
    assert str(status) in str(caught.value)


def test_a_webhook_follows_no_redirect() -> None:
    with ExitStack() as stack:
        first, second = stack.enter_context(receiving()), stack.enter_context(receiving())
        first.statuses, first.headers = [302], {"location": second.url}
        with pytest.raises(DeliveryError):
            notifiers.build(f"webhook+{first.url}/").deliver(MESSAGE)
        assert second.received == []


def test_a_webhook_that_hangs_is_given_up_in_time() -> None:
    with receiving(delay=1) as receiver, pytest.raises(DeliveryError) as caught:
        replace(webhook.build(f"webhook+{receiver.url}/"), time_out=0.2).deliver(MESSAGE)
    assert not caught.value.permanent


def test_alerts_to_one_receiver_share_a_connection_and_nothing_else() -> None:
    with receiving(keeps=True) as receiver:
        receiver.headers = {"set-cookie": "who=you"}
        patient = replace(webhook.build(f"webhook+{receiver.url}/"), idle=600.0)
        for _time in range(3):
            patient.deliver(MESSAGE)
    assert receiver.connections == 1
    assert [request.headers.get("cookie") for request in receiver.received] == [None, None, None]


def test_what_is_told_outward_only_goes_over_no_connection_that_another_opened() -> None:
    with receiving(keeps=True) as receiver:
        own = notifiers.build(f"webhook+{receiver.url}/", outward=True)
        notifiers.build(f"webhook+{receiver.url}/").deliver(MESSAGE)
        with pytest.raises(DeliveryError, match="inside this network"):
            own.deliver(MESSAGE)
    assert len(receiver.received) == 1


def test_who_took_an_alert_and_breaks_off_took_it() -> None:
    with receiving(status=200) as receiver:
        receiver.headers = {"content-length": "5"}
        webhook.build(f"webhook+{receiver.url}/").deliver(MESSAGE)
    assert len(receiver.received) == 1


def test_a_mail_carries_the_alerts_key_so_that_a_double_can_be_told() -> None:
    with a_mailbox() as box:
        notifiers.build(f"smtp://127.0.0.1:{box.port}/?from=amends@shop.example&to=care@shop.example").deliver(MESSAGE)
    [letter] = box.letters
    assert letter["message-id"] == "<alert-7@shop.example>"
    assert letter["to"] == "care@shop.example"
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_mail_that_is_refused_for_good_is_not_tried_again() -> None:
    with a_mailbox(answer="550 no such mailbox") as box, pytest.raises(DeliveryError) as caught:
        notifiers.build(f"smtp://127.0.0.1:{box.port}/?to=nobody@shop.example").deliver(MESSAGE)
    assert caught.value.permanent


@pytest.mark.parametrize(("answer", "permanent"), [("450 later", False), ("550 no such mailbox", True)])
def test_a_mail_that_is_refused_for_one_of_two_says_for_whom(answer: str, permanent: bool) -> None:
    with a_mailbox(answers={"gone@shop.example": answer}) as box:
        both = notifiers.build(f"smtp://127.0.0.1:{box.port}/?to=care@shop.example,gone@shop.example")
        with pytest.raises(DeliveryError, match=rf"{answer} \(gone@shop.example\)") as caught:
            both.deliver(MESSAGE)
    assert caught.value.permanent is permanent
    assert len(box.letters) == 1


def test_a_mail_that_says_no_sender_is_from_the_server_and_never_from_whom_it_goes_to() -> None:
    assert email.mailbox("smtp://mail.shop.example:587", to=("cy@home.example",)).sender == "amends@mail.shop.example"
    assert email.mailbox("smtp://care%40shop.example:x@mail.shop.example", to=("cy@home.example",)).sender == "care@shop.example"


def test_the_html_of_a_letter_says_its_language_and_links_what_the_letter_is_about_alone() -> None:
    ours = "https://desk.example/survey/x"
    body = f"வணக்கம்\n\n5 ★★★★★  {ours}?mark=5\nSee  https://other.example/"
    page = email.html_of(replace(MESSAGE, url=ours, body=body), "தீர்ந்ததா?", "ta")
    assert page.startswith('<!doctype html><html lang="ta">')
    assert f'<a href="{ours}?mark=5">5 ★★★★★</a>' in page
    assert page.count("<a ") == 2
    assert "other.example" in page
    assert 'name="viewport"' in page
    assert "overflow-wrap:anywhere" in page


def test_html_in_an_alert_is_escaped_in_the_mail() -> None:
    page = email.html_of(replace(MESSAGE, title="<script>x</script>", body="<img src=x>"), "Open", "en")
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "target", ["webhook+http://127.0.0.1:{port}/", "webhook+http://localhost:{port}/", "smtp://127.0.0.1:{port}/?to=a@b.example"]
)
def test_an_address_of_somebodys_own_is_looked_at_again_when_it_is_called(target: str) -> None:
    with receiving() as receiver:
        notifier = notifiers.build(target.format(port=receiver.port), outward=True)
        with pytest.raises(DeliveryError, match="inside this network") as refused:
            notifier.deliver(MESSAGE)
    assert refused.value.permanent
    assert receiver.received == []


def test_a_connection_that_reached_the_inside_is_closed_before_anything_is_said() -> None:
    with receiving() as receiver:
        place = f"localhost:{receiver.port}"
        with pytest.raises(SourceUnfit):
            line_to("http", place, outward=True).urlopen("GET", f"http://{place}/")
    assert receiver.received == []


def test_a_proxy_of_our_own_may_be_inside_for_what_is_told_outward(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        monkeypatch.setenv("http_proxy", receiver.url)
        monkeypatch.delenv("no_proxy", raising=False)
        line_to("http", "hooks.shop.example", outward=True).urlopen("POST", "http://hooks.shop.example/told", body=b"{}")
    assert [request.path for request in receiver.received] == ["http://hooks.shop.example/told"]


def test_a_name_and_password_in_an_address_let_one_in() -> None:
    with receiving() as receiver:
        notifiers.build(f"webhook+http://care:s%40id@127.0.0.1:{receiver.port}/").deliver(MESSAGE)
    [request] = receiver.received
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"care:s@id"


def test_a_connection_that_was_idle_is_opened_anew() -> None:
    with receiving(keeps=True) as receiver:
        hasty = replace(webhook.build(f"webhook+{receiver.url}/"), idle=0.0)
        hasty.deliver(MESSAGE)
        hasty.deliver(MESSAGE)
    assert receiver.connections == 2


@pytest.mark.parametrize(
    ("target", "own"), [("json://public.example/hook", False), ("ntfy://some-topic", True), ("ntfys://public.example/t", False)]
)
def test_a_ready_service_is_somebodys_own_where_its_maker_runs_it(target: str, own: bool) -> None:
    if own:
        notifiers.build(target, outward=True)
        return
    with pytest.raises(Refused):
        notifiers.build(target, outward=True)
