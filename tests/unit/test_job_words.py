"""Why long work was started, in the language of whoever reads it."""

import pytest

from amends.api.job_words import why_started
from amends.core.translating import speaking
from amends.inbox.rules.job_reasons import JobWhy


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (JobWhy.NIGHTLY, "every night"),
        (JobWhy.ASKED.of("Mia: 50%"), "asked by Mia: 50%"),
        (JobWhy.EXAMPLES.of("Delays"), "examples of “Delays” changed"),
        ("label many cases", "label many cases"),
        ("back", "back"),
        ("", ""),
    ],
)
def test_a_stored_reason_is_told_in_words(stored: str, told: str) -> None:
    assert why_started(stored) == told


@pytest.mark.parametrize("why", JobWhy)
def test_a_sentence_of_before_there_were_codes_is_told_as_its_code(why: JobWhy) -> None:
    code = next(code for code in (why, why.of("a “b”")) if why_started(code) != code)
    before = why_started(code)
    with speaking("es"):
        assert why_started(before) == why_started(code)
