"""A plug-in is a file: it is there as soon as it lies there."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from amends.core import plugins


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = tmp_path / "somewhere"
    (folder / "gamma").mkdir(parents=True)
    for file in ("__init__.py", "beta.py", "alpha.py", "_half.py", "gamma/__init__.py"):
        (folder / file).write_text("NAME = __name__\n")
    (folder / "notes.txt").write_text("no plug-in")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "somewhere", raising=False)
    return import_module("somewhere")


def test_every_file_is_a_plug_in_but_the_private_ones(package: ModuleType) -> None:
    assert plugins.names(package) == ("alpha", "beta", "gamma")


def test_discovered_plug_ins_are_imported(package: ModuleType) -> None:
    assert {name: module.NAME for name, module in plugins.discover(package).items()} == {
        "alpha": "somewhere.alpha",
        "beta": "somewhere.beta",
        "gamma": "somewhere.gamma",
    }
