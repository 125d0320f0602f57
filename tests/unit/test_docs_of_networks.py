"""The table of the networks says what their files say, and each has a page."""

import re
from pathlib import Path

import pytest

from amends.collectors import load, networks

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "networks"
ROW = re.compile(r"^\| \[(?P<title>[^]]+)\]\((?P<page>\w+)\.md\) \|(?P<cells>.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`(\w+)`")


def rows() -> dict[str, tuple[str, list[str]]]:
    """Return the title and the cells of each row, by the page that it leads to."""
    text = (PAGES / "README.md").read_text()
    return {row["page"]: (row["title"], [cell.strip() for cell in row["cells"].split("|")]) for row in ROW.finditer(text)}


def test_every_network_has_a_row_and_no_row_has_none() -> None:
    assert sorted(rows()) == sorted(networks())


@pytest.mark.parametrize("network", networks())
def test_every_network_has_a_page(network: str) -> None:
    assert (PAGES / f"{network}.md").read_text().startswith("# ")


@pytest.mark.parametrize("network", networks())
def test_the_row_says_what_the_network_says(network: str) -> None:
    module = load(network)
    able = module.ABILITIES
    title, (watches, answers, changes, pushed, cost, credentials) = rows()[network]
    assert title == able.title
    assert NAMED.findall(watches) == list(module.WATCHES)
    assert answers == ("no" if not able.replies else "in public and in private" if able.private else "yes")
    assert pushed == (", ".join(way for way, there in (("stream", able.streams), ("hook", able.hooks)) if there) or "no")
    assert NAMED.findall(credentials) == list(module.CREDENTIALS)
    assert credentials.startswith("none") == (able.keyless or not module.CREDENTIALS)
    assert changes
    assert (f"${able.price:g}" in cost) == bool(able.price)


@pytest.mark.parametrize(
    "page", ["docs/networks/README.md", "docs/ledger.md", "docs/budget.md", "docs/replies.md", "docs/streams-and-hooks.md"]
)
def test_the_first_page_leads_there(page: str) -> None:
    assert f"]({page})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/networks/README.md"])
def test_its_links_lead_somewhere(page: str) -> None:
    there = ROOT / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)", there.read_text())
    assert [link for link in links if not (there.parent / link).exists()] == []
