"""`amends translations`: finds the texts of the screens, brings the catalogues up to them, and says what is missing or wrong."""

import json
import sys
from dataclasses import asdict

import click

from amends.cli.running.listing import Listing
from amends.cli.translating.faults import Checked, check
from amends.cli.translating.files import LANGUAGES, TEMPLATE, as_file, as_template, read, renewed
from amends.cli.translating.texts import template
from amends.core.translating import CATALOGUES

as_json = click.option("--json", "in_json", is_flag=True, help="Print JSON.")


@click.group(cls=Listing)
def translations() -> None:
    """Keep the languages of the screens (for developers, in a checkout)."""


@translations.command()
@as_json
def extract(*, in_json: bool) -> None:
    """Write every text of the code into the template, core/catalogues/amends.pot."""
    found = template()
    file, text = CATALOGUES / TEMPLATE, as_template(found)
    changed = not file.exists() or file.read_bytes() != text
    file.write_bytes(text)
    _tell(
        {"texts": len(found), "changed": changed}, f"{len(found)} texts; {file.name} {'changed' if changed else 'stays'}", in_json=in_json
    )


@translations.command()
@as_json
def update(*, in_json: bool) -> None:
    """Bring every catalogue up to the texts of the code: new ones wait untranslated, those that are no more go."""
    found = template()
    for language in LANGUAGES:
        (CATALOGUES / f"{language}.po").write_bytes(as_file(renewed(language, found), language))
    states = [check(read(language), language) for language in LANGUAGES]
    _tell([_counts(one) for one in states], "\n".join(map(_line, states)), in_json=in_json)


@translations.command(name="check")
@as_json
def check_(*, in_json: bool) -> None:
    """Say of each language what is untranslated, unsure or wrong; exit 1 where something is wrong."""
    states = [check(read(language), language) for language in LANGUAGES]
    faults = [f"  {one.language} {text!r}: {fault}" for one in states for text, fault in one.wrong.items()]
    _tell([asdict(one) for one in states], "\n".join([*map(_line, states), *faults]), in_json=in_json)
    if faults:
        sys.exit(1)


def _counts(one: Checked) -> dict[str, object]:
    return {"language": one.language, "texts": one.texts, "translated": one.translated, "fuzzy": len(one.fuzzy), "wrong": len(one.wrong)}


def _line(one: Checked) -> str:
    return f"{one.language}: {one.translated} of {one.texts} translated, {len(one.fuzzy)} unsure, {len(one.wrong)} wrong"


def _tell(facts: object, words: str, *, in_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if in_json else words)
