"""What a log line never holds: secrets, and what a customer showed of themselves."""

import json
import logging

import pytest

from amends.core.log import logger, set_up

pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.mark.parametrize("as_json", [True, False])
def test_personal_data_in_an_errors_words_is_masked(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=as_json)
    try:
        int("call 077 123 4567 or cy@mail.example")
    except ValueError as error:
        logger("tests").exception("row_spoiled", words=str(error), post_id=771234567)
    written = capsys.readouterr().err
    assert "[phone number]" in written
    assert "077 123 4567" not in written
    assert "cy@mail.example" not in written
    assert "Traceback" in written
    assert "771234567" in written


def test_the_libraries_lines_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)
    logging.getLogger("some.library").warning("could not parse %s", "+94 77 123 4567")
    assert json.loads(capsys.readouterr().err)["event"] == "could not parse [phone number]"


def test_ids_and_times_are_left_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)
    logger("tests").info("reply_sent", external_id="4155552671", attempts=1)
    line = json.loads(capsys.readouterr().err)
    assert (line["external_id"], line["attempts"], line["level"]) == ("4155552671", 1, "info")
    assert line["timestamp"].endswith("Z")


def test_what_is_named_like_a_secret_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(json=True)
    logger("tests").info("channel_added", Api_Token="s3same", reset_password="0pen", channel="pager")
    line = json.loads(capsys.readouterr().err)
    assert (line["Api_Token"], line["reset_password"], line["channel"]) == ("[hidden]", "[hidden]", "pager")
