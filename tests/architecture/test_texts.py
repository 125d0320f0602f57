"""No text of the screens is out of reach of the catalogues, and the catalogues fit the code."""

import ast
import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from amends.api.networks import forms
from amends.cli.translating.faults import PLACEHOLDER, check
from amends.cli.translating.files import LANGUAGES, NONE_AS_ONE, PLURALS, TEMPLATE, as_file, as_template, read, renewed
from amends.cli.translating.texts import template
from amends.core.translating import CATALOGUES
from tests.wrapping import unwrapped

TEMPLATES = Path(__file__).parents[2] / "src" / "amends" / "api" / "templates"
PAGES = TEMPLATES.parent / "pages"
COLLECTORS = TEMPLATES.parents[1] / "collectors"
WRAPS = {"_", "N_", "ngettext"}
A_SENTENCE = re.compile(r"[A-Z][\w.,’]* [a-z]")
SOME_WORDS = re.compile(r"[a-z]{3,} [a-z]{2,}")
BUILT = re.compile(r"[A-Z]\S* [a-z]|.* .*[a-z]{2}\.$", re.DOTALL)
texts = cache(template)
MOMENT_BEHIND = re.compile(r"""_\(["'][^"']*[^."']["']\) \}\} \{\{ (?:parts\.at|words\.stamp)\(""")
SOURCES = TEMPLATES.parents[1]
NEVER_OF_NONE = {
    "It shows no more than the last day.",
    "It was resolved once before",
    "Mood of the only post",
    "One answer of ours did not hold.",
    "One open case has no answer.",
    "told once more",
}
"""What is said only where there is at least one."""
WORDS_OF_ITS_OWN = {"form.html", "survey.html"}
"""The public form speaks the languages of its visitors, from `api/form_words.py`."""


@pytest.mark.parametrize("name", sorted({file.name for file in TEMPLATES.glob("*.html")} - WORDS_OF_ITS_OWN))
def test_every_text_of_a_template_can_be_translated(name: str) -> None:
    assert list(unwrapped((TEMPLATES / name).read_text())) == [], "wrap it: _('…'), or {% trans %}…{% endtrans %}"


def test_every_sentence_that_a_page_says_can_be_translated() -> None:
    for page in sorted(PAGES.glob("*.py")):
        calls = [one for one in ast.walk(ast.parse(page.read_text())) if isinstance(one, ast.Call) and ast.unparse(one.func) not in WRAPS]
        given = [one.value for call in calls for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        assert [one for one in given if A_SENTENCE.match(one)] == [], f"wrap it in {page.name}: _('…')"


def test_no_moment_stands_behind_a_text_that_cannot_say_where_it_belongs() -> None:
    """Many languages say "until" and "since" behind the moment."""
    for file in sorted(TEMPLATES.glob("*.html")):
        assert MOMENT_BEHIND.findall(file.read_text()) == [], f"name it in the text, in {file.name}: _('since %(when)s', when=…)"


def test_a_count_within_a_sentence_is_written_as_the_language_does() -> None:
    for file in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(file.read_text())
        counts = {ast.unparse(one.args[2]) for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "ngettext"}
        bare = [one for one in ast.walk(tree) if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mod) and counts]
        given = [value for one in bare if isinstance(one.right, ast.Dict) for value in one.right.values]
        assert [ast.unparse(one) for one in given if ast.unparse(one) in counts] == [], f"write it with `number`, in {file}"


def test_where_none_counts_as_one_the_form_for_both_names_the_number() -> None:
    for code in (code for code in LANGUAGES if PLURALS[code] == NONE_AS_ONE):
        forms = [(one.id[0], one.string[0]) for one in read(code) if isinstance(one.id, tuple)]
        assert {english for english, form in forms if not PLACEHOLDER.search(form)} == NEVER_OF_NONE, (
            f"none would be told as one, in {code}"
        )


def test_every_question_of_the_form_of_a_source_can_be_translated() -> None:
    asked = {text for form in forms() for text in (form.able.handle, *chain(*((one.label, one.hint) for one in form.options)))}
    assert {text for text in asked if SOME_WORDS.search(text)} - {str(one.id) for one in texts()} == set(), "wrap it: N_('…')"


def test_no_collector_builds_a_sentence_that_no_catalogue_can_have() -> None:
    for file in sorted(COLLECTORS.glob("*.py")):
        built = [one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.JoinedStr)]
        said = [str(part.value) for one in built for part in one.values if isinstance(part, ast.Constant)]
        assert [one for one in said if BUILT.match(one)] == [], f"name what stands in it, in {file.name}"


def test_a_text_that_is_not_wrapped_is_found() -> None:
    assert list(unwrapped('<p title="Ours">{{ _("Yours") }}</p>')) == ["Ours"]
    assert list(unwrapped("<p>{{ name }} is away</p>")) == ["{{ name }} is away"]
    assert list(unwrapped('<p>{{ "on" if lit else "off" }}</p>')) == ["on", "off"]


def test_a_text_that_is_wrapped_passes() -> None:
    assert list(unwrapped("<p title=\"{{ _('Ours') }}\">{% trans n=n %}{{ n }} post{% pluralize %}{{ n }} posts{% endtrans %}</p>")) == []
    assert list(unwrapped('<p class="{{ "good" if lit else "bad" }}">{{ moment or "–" }} <code>./amends up</code></p>')) == []


def test_the_catalogues_have_the_texts_of_the_code() -> None:
    """Byte for byte, so that the same texts make the same files on any machine."""
    found = texts()
    stale = [TEMPLATE] if (CATALOGUES / TEMPLATE).read_bytes() != as_template(found) else []
    stale += [code for code in LANGUAGES if (CATALOGUES / f"{code}.po").read_bytes() != as_file(renewed(code, found), code)]
    assert stale == [], "run `./amends translations extract` and `./amends translations update`"


def test_no_translation_is_wrong() -> None:
    states = [check(read(code), code) for code in LANGUAGES]
    assert list(chain.from_iterable((one.language, *wrong) for one in states for wrong in one.wrong.items())) == []
