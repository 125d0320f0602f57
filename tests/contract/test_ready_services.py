"""What ready services are told: the words of the alarm, so many as they take, and of their keys nothing in our log."""

import json
import logging
import re
from collections.abc import Callable, Generator
from dataclasses import replace
from logging.config import dictConfig
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from amends.core.errors import DeliveryError, Refused
from amends.inbox import notifiers
from amends.inbox.rules.alert_digest_text import OVER, retold
from tests.contract.test_notifiers import MESSAGE
from tests.internet import Internet, the_internet

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

KEY = "0a1B2c3D4e5F6a7B8c9D0e1F2a3B4c5D"
PHONE = "15557654321"
PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
SERVICES = {
    "slack": (f"slack://T0A1B2C3D/B0A1B2C3D/{KEY[:24]}/#care", "hooks.slack.com"),
    "teams": (f"workflow://prod-00.westus.logic.azure.com:443/{KEY}/{KEY}/", "prod-00.westus.logic.azure.com"),
    "sms": (f"twilio://AC{KEY.lower()}:{KEY.lower()}@15551234567/{PHONE}", "api.twilio.com"),
    "pagerduty": (f"pagerduty://{KEY}@{KEY[::-1]}/", "events.pagerduty.com"),
    "telegram": (f"tgram://123456789:AA{KEY}x/12315544", "api.telegram.org"),
    "ntfy": (f"ntfy://{KEY.lower()}", "ntfy.sh"),
}
WORDS: dict[str, Callable[[str], str]] = {
    "slack": lambda body: json.loads(body)["attachments"][0]["text"],
    "sms": lambda body: parse_qs(body)["Body"][0],
    "pagerduty": lambda body: json.loads(body)["payload"]["summary"],
}
SECRETS = (KEY[:24], KEY.lower(), KEY[::-1], PHONE)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> Generator[Internet]:
    with the_internet(tmp_path) as found, caplog.at_level(logging.DEBUG):
        monkeypatch.setenv("https_proxy", found.address)
        monkeypatch.delenv("no_proxy", raising=False)
        dictConfig({"version": 1, "disable_existing_loggers": False})  # as the web server does when it starts
        yield found
    heard = [record for record in caplog.get_records("call") if not record.name.startswith("urllib3")]  # which `core.log` keeps quiet
    said = " ".join(record.getMessage() for record in heard).lower()
    assert not [one for one in SECRETS if one.lower() in said]


def _trusting(name: str) -> str:
    """Return the target of a service that need not show who it is."""
    return f"{SERVICES[name][0]}?verify=no"


@pytest.mark.parametrize("name", SERVICES)
def test_a_ready_service_is_told_the_alarm_in_words(internet: Internet, name: str) -> None:
    notifiers.build(_trusting(name)).deliver(MESSAGE)
    assert internet.asked[0].host == SERVICES[name][1]
    assert all(words in internet.told for words in ("urgency 80: outage.", "@cy on x: the app is down", "/inbox/3"))


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("status", [500, 0])
def test_a_ready_service_that_refuses_or_does_not_answer_is_tried_again_and_nothing_of_its_address_is_logged(
    internet: Internet, name: str, status: int
) -> None:
    internet.status, internet.answer = status, f"no such key {KEY}"
    with pytest.raises(DeliveryError) as caught:
        notifiers.build(_trusting(name)).deliver(MESSAGE)
    assert not caught.value.permanent


def test_all_that_pagerduty_is_told_of_an_alarm_is_one_incident_which_is_resolved_when_it_is_over(internet: Internet) -> None:
    alarm = replace(MESSAGE, facts={"alert_id": 7})
    pager = notifiers.build(_trusting("pagerduty"))
    for message in (alarm, retold(alarm, 1), retold(alarm, OVER), replace(MESSAGE, key="digest-3", facts={})):
        pager.deliver(message)
    told = [json.loads(one.body) for one in internet.asked]
    assert [(one["event_action"], one["dedup_key"]) for one in told] == [
        *[("trigger", "alert-7")] * 2,
        ("resolve", "alert-7"),
        ("trigger", "digest-3"),
    ]


@pytest.mark.parametrize(("name", "longest"), [("slack", 35_000), ("sms", 1_600), ("pagerduty", 1_024)])
def test_of_a_digest_a_service_is_told_as_many_lines_as_it_takes_and_where_all_of_them_are(
    internet: Internet, name: str, longest: int
) -> None:
    url = "http://desk.example/alarms"
    lines = [f"- 12:00 UTC, critical: alarm {n} {'x' * 140}" for n in range(20)]
    digest = replace(MESSAGE, title="10,000 alarms", url=url, body="\n".join([*lines, "", f"All of them: {url}"]))
    notifiers.build(_trusting(name)).deliver(digest)
    [request] = internet.asked
    told = WORDS[name](request.body)
    assert len(told) <= longest
    assert told.endswith(url)
    assert [f"alarm {n} " in told for n in (0, 4, 19)] == [True, True, name == "slack"]


@pytest.mark.parametrize("target", [f"slack://{KEY[:24]}/", f"twilio://{KEY.lower()}:{KEY.lower()}@1/2", f"pagerduty://{KEY[::-1]}/"])
def test_an_address_that_was_mistyped_is_refused_and_its_keys_are_not_logged(internet: Internet, target: str) -> None:
    with pytest.raises(Refused) as caught:
        notifiers.build(target)
    assert target not in str(caught.value)
    assert internet.asked == []


def test_every_ready_service_that_the_page_about_alerts_names_is_one_of_these() -> None:
    [row] = [line for line in PAGE.read_text().splitlines() if line.startswith("| anything else")]
    assert {f"{scheme}://" for scheme in re.findall(r"`(\w+)://", row)} == {
        target.partition("//")[0] + "//" for target, _asked in SERVICES.values()
    }
