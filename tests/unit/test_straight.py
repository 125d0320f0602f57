"""How templates become Python: calls are Python's own, and all that is no HTML is made safe."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.exceptions import UndefinedError
from markupsafe import Markup, escape

from amends.api import screen
from amends.api.screen import Screens
from amends.core.translating import speaking

TEMPLATES = Path(screen.__file__).parent / "templates"


@pytest.fixture(scope="module")
def templates() -> Environment:
    return Screens(lambda: datetime(2026, 3, 2, tzinfo=UTC)).template("said.html").environment


def test_what_a_template_calls_is_called_straight_away(templates: Environment) -> None:
    source = str(templates.compile("{{ parts.icon('eye', size=12) }}", raw=True))
    assert "context.call(" not in source


def test_what_is_no_html_is_made_safe_and_what_is_stays_as_it_is(templates: Environment) -> None:
    drawn = templates.from_string("{{ text }} {{ html }} {{ 3 }} {{ said('<i>') }}").render
    assert drawn(text="<b>&", html=Markup("<b>"), said=str.upper) == "&lt;b&gt;&amp; <b> 3 &lt;I&gt;"


def test_what_is_put_out_is_as_safe_as_markupsafe_makes_it(templates: Environment) -> None:
    class Kind(StrEnum):
        ODD = "<'odd'>"

    class Drawn:
        def __html__(self) -> str:
            return "<svg>"

    for value in ("", "a & b", "<\"'>", Kind.ODD, Drawn(), Markup("<b>"), None, 3.5, b"<", ["<"], {"<": ">"}, "\u1230\ud800<"):
        assert templates.from_string("{{ value }}").render(value=value) == str(escape(value))


def test_where_autoescaping_is_off_or_switched_nothing_changes(templates: Environment) -> None:
    text = "{% autoescape on %}{{ '<' ~ value }}{% endautoescape %}{% autoescape false %}{{ value }}{% endautoescape %}"
    assert templates.from_string(text).render(value="<b>", on=True) == "&lt;&lt;b&gt;<b>"


def test_a_block_that_is_handed_to_a_macro_arrives_there(templates: Environment) -> None:
    text = "{% macro box(name) %}{{ name }}: {{ caller() }}{% endmacro %}{% call box(name='<') %}<b>{% endcall %}"
    assert templates.from_string(text).render() == "&lt;: <b>"


def test_what_is_called_though_there_is_no_such_thing_is_an_error(templates: Environment) -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        templates.from_string("{{ nothing(1) }}").render()


@pytest.mark.parametrize(("number", "said"), [(1, "1 post of &lt;Cy&gt;"), (3, "3 posts of &lt;Cy&gt;")])
def test_a_text_of_ours_makes_safe_what_is_put_into_it(templates: Environment, number: int, said: str) -> None:
    in_block = "{% trans n=number, who=who %}{{ n }} post of {{ who }}{% pluralize %}{{ n }} posts of {{ who }}{% endtrans %}"
    in_call = '{{ ngettext("%(num)s post of %(who)s", "%(num)s posts of %(who)s", number, who=who) }}'
    for text in (in_block, in_call):
        assert templates.from_string(text).render(number=number, who="<Cy>") == said
    assert templates.from_string('{{ _("by %(name)s, 100 %% sure", name=who) }}').render(who=Markup("<b>")) == "by <b>, 100 % sure"


def test_no_template_calls_what_wants_the_context_of_jinja(templates: Environment) -> None:
    wanting = {name for name, one in templates.globals.items() if hasattr(one, "jinja_pass_arg")}
    texts = [file.read_text() for file in TEMPLATES.glob("*.html")]
    assert [name for name in wanting for text in texts if f"{name}(" in text] == []


def test_no_template_asks_whether_there_is_what_all_templates_have(templates: Environment) -> None:
    """A page would show the function of that name, as those of macros and of organisations did with `trouble`."""
    asked = {name for file in TEMPLATES.glob("*.html") for name in re.findall(r"(\w+) is (?:not )?defined", file.read_text())}
    assert asked & templates.globals.keys() == set()


def test_a_count_in_a_sentence_is_written_as_the_language_does(templates: Environment) -> None:
    said = templates.from_string("{% trans n=n %}{{ n }} case{% pluralize %}{{ n }} cases{% endtrans %}").render
    assert (said(n=1), said(n=1234)) == ("1 case", "1,234 cases")
    with speaking("es"):
        assert said(n=12_345) == "12.345 casos"
