"""Style, types, imports and templates hold, so that `./amends test` is the one thing to run."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
NODE = {"NODE_OPTIONS": "--max-semi-space-size=128"}
"""The type checker is a program for Node, which with little room for what is new looks for garbage a twelfth of its time."""
LONGEST_FILE = 300
LONGEST_TYPICAL_FUNCTION = 32
MEDIAN_FUNCTION = 10


def run(*command: str) -> None:
    """Run a tool of the venv in the repository; its words are the failure."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONPATH": "src", "NO_COLOR": "1", **NODE}
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def tracked() -> list[Path]:
    """Return the files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def product() -> list[Path]:
    return sorted((ROOT / "src").rglob("*.py"))


def functions(files: Sequence[Path]) -> Iterator[tuple[str, int]]:
    """Yield each function's name and its length in lines, docstring and decorators left out."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                yield f"{file.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - (body[0].lineno if body else node.lineno) + 2


def test_the_style_holds() -> None:
    run("ruff", "check", "--no-cache", ".", "amends")


def test_the_format_holds() -> None:
    run("ruff", "format", "--check", "--no-cache", ".", "amends")


def test_the_types_of_the_product_hold() -> None:
    """Asked of a checker an eighth as dear as the strict one, which looks at all types as a soak."""
    run("pyrefly", "check", "--python-interpreter-path", sys.executable)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_all_types_hold_strictly() -> None:
    run("basedpyright")


def test_imports_run_down_only() -> None:
    run("lint-imports", "--no-cache")


def imported(file: Path) -> set[str]:
    """Return the collectors that a collector's file imports."""
    lines = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    modules = [node.module or "" for node in lines] + [
        f"{node.module}.{name.name}" for node in lines if node.module == "amends.collectors" for name in node.names
    ]
    return {module.removeprefix("amends.collectors.") for module in modules if module.startswith("amends.collectors.")}


def test_networks_do_not_know_each_other() -> None:
    """A file with an underscore is the private half of the network that it is named after; no other network knows it."""
    files = sorted((ROOT / "src/amends/collectors").glob("*.py"))
    networks = [file.stem for file in files if not file.stem.startswith("_")]
    owner = {file.stem: max((n for n in networks if f"{file.stem}_".startswith(f"_{n}_")), key=len, default=file.stem) for file in files}
    strangers = [f"{file.stem} -> {other}" for file in files for other in imported(file) if owner.get(other) != owner[file.stem]]
    assert strangers == []
    assert [stem for stem, network in owner.items() if stem.startswith("_") and stem != "__init__" and network == stem] == []


def test_the_templates_hold() -> None:
    run("djlint", "--lint", "src")


def test_scripts_ask_in_lanes_only() -> None:
    """Two things asked for in the name of the body take each other's place (`request` in asking.js says how)."""
    scripts = (ROOT / "src/amends/api/static").glob("*.js")
    assert [script.name for script in scripts if "htmx.ajax(" in script.read_text()] == ["asking.js"]


def test_nothing_is_claimed_by_a_limited_list_that_the_database_may_make_anew() -> None:
    """A nested loop asks `in (select … limit … for update skip locked)` again for each row, and what is claimed then has no limit."""
    limited = re.compile(r"\bin \((?=\s*select)(?:[^()]|\([^()]*\))*\blimit\b(?:[^()]|\([^()]*\))*\bfor (?:no key )?update", re.IGNORECASE)
    assert [file.name for file in product() if limited.search(file.read_text())] == []


def test_files_and_functions_stay_small() -> None:
    long_files = [f"{file.relative_to(ROOT)}: {n}" for file in product() if (n := len(file.read_text().splitlines())) > LONGEST_FILE]
    assert long_files == []
    lengths = sorted(length for _, length in functions(product()))
    assert median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(len(lengths) * 0.9)] <= LONGEST_TYPICAL_FUNCTION


def test_nothing_names_a_registry_or_a_path_of_one_machine() -> None:
    """Whoever installs Amends does so from the registry of their choice, and nobody else has our folders."""
    unwanted = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".", "/root" + "/", "/work" + "/main", "/opt" + "/wheels"]
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in tracked()
        if file.stat().st_size < 2_000_000
        for word in unwanted
        if word.encode() in file.read_bytes()
    ]
    assert found == []


def test_no_lock_file_with_addresses_is_kept() -> None:
    names = {file.name for file in tracked()}
    assert not names & {"uv.lock", "poetry.lock", "package-lock.json", ".env"}


def test_every_pin_is_exact_and_every_dependency_is_pinned() -> None:
    import tomllib  # noqa: PLC0415

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for group, wanted in (("run", declared["project"]["dependencies"]), ("dev", declared["dependency-groups"]["dev"])):
        lines = [line for line in (ROOT / "requirements" / f"{group}.txt").read_text().splitlines() if line and not line.startswith("#")]
        assert [line for line in lines if "==" not in line] == []
        pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
        names = {name_of(one) for one in wanted}
        assert names - pinned == set(), f"requirements/{group}.txt lacks {names - pinned}"


def name_of(requirement: str) -> str:
    stop = next((at for at, char in enumerate(requirement) if char in "[<>=!~; "), len(requirement))
    return requirement[:stop].lower().replace("_", "-")


def test_no_test_mocks() -> None:
    words = ("unittest" + ".mock", "mocker" + ".patch", "monkeypatch" + ".setattr")
    files = chain.from_iterable(sorted((ROOT / folder).rglob("*.py")) for folder in ("tests", "src"))
    assert [f"{file.relative_to(ROOT)}: {word}" for file in files for word in words if word in file.read_text()] == []
