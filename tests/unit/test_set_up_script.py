"""The script `amends`: what it finds missing, and what it tells uv."""

import ast
import os
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """The script, as it lies in a repository of its own."""
    shutil.copy(ROOT / "amends", tmp_path / "amends")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    loader = SourceFileLoader("amends_script", str(tmp_path / "amends"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def a_venv(place: Path) -> Path:
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    return place


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [([], ["run"]), (["demo"], ["run"]), (["test", "-x"], ["run", "dev"]), (["triage", "train"], ["run", "train"]), (["triage"], ["run"])],
)
def test_each_command_gets_what_it_needs(script: ModuleType, arguments: list[str], needed: list[str]) -> None:
    assert script.groups(arguments) == needed


def test_without_a_venv_everything_is_missing(script: ModuleType, tmp_path: Path) -> None:
    assert script.missing(tmp_path / ".venv", ["run", "dev"]) == ["run", "dev"]


def test_an_interrupted_set_up_is_gone_on_with(script: ModuleType, tmp_path: Path) -> None:
    venv = a_venv(tmp_path / ".venv")
    script.stamp(venv, "run").touch()
    assert script.missing(venv, ["run", "dev"]) == ["dev"]


def test_a_changed_requirement_is_installed(script: ModuleType, tmp_path: Path) -> None:
    venv = a_venv(tmp_path / ".venv")
    script.stamp(venv, "run").touch()
    assert script.missing(venv, ["run"]) == []
    with (tmp_path / "requirements" / "run.txt").open("a") as file:
        file.write("another==1.0\n")
    assert script.missing(venv, ["run"]) == ["run"]


def test_uv_hears_what_pip_was_told(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_FIND_LINKS", "SSL_CERT_FILE", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    monkeypatch.setenv("PIP_CERT", "/certificates.pem")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    told = script.uv_environment()
    assert (told["UV_FIND_LINKS"], told["SSL_CERT_FILE"]) == ("/wheels", "/certificates.pem")
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_a_ready_installation_starts_at_once_from_any_folder() -> None:
    done = subprocess.run([ROOT / "amends", "version"], cwd="/", capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Amends ")


def test_an_older_python_reads_the_script_and_is_told() -> None:
    """The version is asked before anything that an older Python would not understand is run."""
    source = (ROOT / "amends").read_text()
    assert source.index("sys.version_info < (3, 11)") < source.index("def ")
    ast.parse(source, feature_version=(3, 7))
