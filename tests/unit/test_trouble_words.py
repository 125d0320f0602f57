"""What went wrong is kept in English, for pagers and programs, and told on screens in the reader's language."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from requests import Response

import amends
from amends.api.alarm_reasons import why_alarmed
from amends.api.trouble_words import TEXTS, trouble
from amends.collectors import reddit
from amends.core import network
from amends.core.errors import AccessDenied, CredentialsRefused, NetworkError, QueryRefused, SourceUnfit, Unreachable
from amends.core.network import error_of
from amends.core.network_words import Lack, Said
from amends.core.outward import INSIDE
from amends.core.ports import Account
from amends.core.read_only import no_reply
from amends.core.rows.wrong import Wrong
from amends.core.translating import gettext, speaking
from amends.inbox.rules import budgeting, delivery, reply_tries, source_health
from amends.inbox.rules.source_alarms import SourceSeen, WatchSeen, alarms_of
from tests.cast import NOON

DAY = timedelta(days=1)
PRODUCT = Path(amends.__file__).parent
NAMED = re.compile(r"%\((\w+)\)s")
NO_ANSWER = str(Unreachable())


def seen(state: str, note: str, *, left: timedelta | None = None, silent: bool = False) -> SourceSeen:
    watch = WatchSeen(id=1, kind="search", query="100 % (a", state=state, note=note, state_since=NOON - DAY, last_ok_at=None)
    return SourceSeen(
        watches=[watch], expires_at=None if left is None else NOON + left, silent_since=NOON - DAY if silent else None, paused=False
    )


def of_alarms(source: SourceSeen) -> list[str]:
    return [alarm.reason for alarm in alarms_of(source, open_keys=(), now=NOON)]


def unspoken(status: int) -> Response:
    """Return an answer without words."""
    answer = Response()
    answer.status_code, answer._content = status, b""
    return answer


def note_of(error: NetworkError) -> str:
    return source_health.after_trouble(error, failures=0, now=NOON).note


KEPT = [
    *of_alarms(seen("stopped", note_of(CredentialsRefused("a It said: b")))),
    *(text % dict.fromkeys(NAMED.findall(text), "100 % (a") for text in (*Said, *Lack, *Wrong)),
    *of_alarms(seen("retrying", NO_ANSWER)),
    *of_alarms(seen("ok", "", silent=True)),
    *of_alarms(seen("ok", "", left=-DAY)),
    *of_alarms(seen("ok", "", left=DAY)),
    *of_alarms(seen("ok", "", left=3 * DAY)),
    note_of(SourceUnfit()),
    note_of(SourceUnfit(INSIDE, host="a.example", address="10.0.0.1")),
    note_of(CredentialsRefused("Enter the access token.")),
    note_of(Unreachable(network.UNEXPECTED % {"title": "100 % (a"})),
    source_health.after_page(more=False, troubles=("a", "b"), come_back_at=None, now=NOON, poll_every=DAY).note,
    source_health.call_refused("a 100 %", now=NOON),
    budgeting.note(NOON + DAY, now=NOON),
    reply_tries.after_trouble(Unreachable("502 %(n)s"), attempts=8, now=NOON).reason,
    no_reply("100 % (a"),
    str(error_of(unspoken(503), NOON)),
    reply_tries.after_trouble(Unreachable(network.NOT_SHOWN % {"title": "100 % (a"}), attempts=8, now=NOON).reason,
    delivery.MAIL_ANSWERED % {"status": 550, "words": "5.1.1 (no such user)"},
]


@pytest.mark.parametrize("kept", KEPT)
def test_in_english_it_is_told_as_it_was_kept(kept: str) -> None:
    assert why_alarmed(kept) == trouble(kept) == kept


def test_what_stands_in_a_sentence_is_told_in_the_readers_language_too() -> None:
    [alarm], given_up = of_alarms(seen("retrying", NO_ANSWER)), reply_tries.after_trouble(Unreachable(), attempts=8, now=NOON).reason
    with speaking("ta"):
        here = gettext(NO_ANSWER)
        assert here != NO_ANSWER
        assert why_alarmed(alarm).endswith(here)
        assert trouble(given_up).endswith(here)
        assert trouble(NO_ANSWER) == here
        assert trouble(note_of(CredentialsRefused(NO_ANSWER))).endswith(here)


def test_what_a_collector_says_with_something_in_it_is_told_in_the_readers_language() -> None:
    stopped = note_of(AccessDenied(Said.BLUESKY_OUT_OF_USE, why=gettext("suspended")))
    unread = source_health.after_page(
        more=True, troubles=(Said.X_FORGOT_THE_PLACE % {"said": "400 %(n)s"},), come_back_at=None, now=NOON, poll_every=DAY
    ).note
    with speaking("ta"):
        assert gettext(Said.BLUESKY_OUT_OF_USE) != Said.BLUESKY_OUT_OF_USE
        assert trouble(stopped).endswith(gettext(Said.BLUESKY_OUT_OF_USE) % {"why": gettext("suspended")})
        assert trouble(unread).endswith(gettext(Said.X_FORGOT_THE_PLACE) % {"said": "400 %(n)s"})
        live = QueryRefused(Said.NO_SUBREDDIT, query="a b")
        assert str(live) == gettext(Said.NO_SUBREDDIT) % {"query": "a b"} == trouble("“a b” is no name of a subreddit.")


def unread(*troubles: str) -> str:
    """Return the note of a watch on whose page this could not be read."""
    return source_health.after_page(more=False, troubles=troubles, come_back_at=None, now=NOON, poll_every=DAY).note


def test_what_cannot_be_read_of_a_page_is_told_in_the_readers_language() -> None:
    timeless, broken = reddit.posts_from(b'{"kind": "t3", "data": {"name": "t3_a"}}\n{', Account(handle="NorthPier")).troubles
    row = Said.ROW % {"name": "a.csv", "line": 2, "why": Wrong.WIDTH % {"n": 3, "width": 2}}
    with speaking("es"):
        assert trouble(unread(broken)) == "No se pudo leer todo: línea 2: esto no es JSON"
        assert trouble(unread(timeless, broken)) == "No se pudo leer todo: publicación 0: sin hora (y 1 más)"
        assert trouble(Said.ROWS_REFUSED % {"name": "a.csv", "n": 1, "why": row}) == (
            "Filas rechazadas de a.csv: 1. La última: a.csv, línea 2: 3 valores bajo 2 columnas"
        )


def said_bare_of_an_item(source: Path) -> list[str]:
    """Return what a file says of something on a page in words that no catalogue can have."""
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call) and node.args]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.args[0], ast.Constant | ast.JoinedStr) and ast.unparse(call.func) in {"ValueError", "troubles.append"}
    ]


def test_what_a_collector_says_of_one_post_can_be_told_in_each_language() -> None:
    files = [*PRODUCT.glob("collectors/_*.py"), PRODUCT / "core/harvest.py", PRODUCT / "core/graph_messages.py"]
    streams = {"_mastodon_stream.py"}  # why a stream ends goes to the log
    assert {source.name: bare for source in files if source.name not in streams and (bare := said_bare_of_an_item(source))} == {}


def raised_bare(source: Path) -> list[str]:
    """Return the sentences with which a file raises errors, and which no catalogue can have."""
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    said = [call.args[0] for call in calls if call.args and call.func.id in {kind.__name__ for kind in NetworkError.__subclasses__()}]  # pyright: ignore[reportAttributeAccessIssue]
    return [str(one.value) for one in said if isinstance(one, ast.Constant) and one.value]


def test_what_a_collector_says_by_itself_can_be_told_in_each_language() -> None:
    files = [*PRODUCT.glob("collectors/*.py"), *PRODUCT.glob("core/*.py")]
    assert {source.name: bare for source in files if (bare := raised_bare(source))} == {}


def test_why_a_channel_took_no_alarm_is_told_in_the_readers_language() -> None:
    with speaking("ta"):
        answered, silent = gettext(delivery.ANSWERED), gettext(delivery.SILENT)
        assert (answered, silent) != (delivery.ANSWERED, delivery.SILENT)
        assert trouble(delivery.ANSWERED % {"status": 410}) == answered % {"status": 410}
        assert trouble(delivery.SILENT % {"what": "ConnectError"}) == silent % {"what": "ConnectError"}


def test_what_is_said_of_an_answer_without_words_can_be_told_in_each_language() -> None:
    assert set(network.TEXTS) <= set(TEXTS)
    for status in (404, 503):
        assert str(error_of(unspoken(status), NOON)) == network.ANSWERED % {"status": status}


def test_what_a_network_said_stays() -> None:
    with speaking("ta"):
        assert trouble("Sorry %(name)s, {no} \x1f[1]") == "Sorry %(name)s, {no} \x1f[1]"


def test_a_rule_that_amends_named_rings_by_its_name_in_the_readers_language() -> None:
    with speaking("ta"):
        named, told = gettext("A new topic"), why_alarmed("A new topic, rent, pay: 9 customers within 60 minutes.")
        assert told.startswith(f"{named}, rent, pay: ")
        assert named != "A new topic"
