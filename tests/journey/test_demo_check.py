"""`./amends demo --check --json`, as the issue's reader runs it: the whole product, from outside, in one command.

What it counts and what it calls wrong, tests/unit/test_verdict_of_check.py holds; the whole way takes long, and is gone by
`./amends test -m soak tests/journey/test_demo_check.py`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEYS = {"published", "collected", "missing", "doubled", "triaged", "cases", "customers", "alerts", "replies_visible", "story", "latency_ms"}


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_complaint_goes_the_whole_way_and_none_is_lost_or_doubled() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    patience = ("--patience", "300")  # the other tests are at work beside it
    command = [sys.executable, "-P", "-m", "amends.cli.main", "demo", "--check", "--json", *patience]
    done = subprocess.run(command, env={**clean, "PYTHONPATH": str(ROOT / "src")}, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == KEYS
    assert (found["missing"], found["doubled"], found["story"]) == (0, 0, "held")
    assert found["published"] == found["collected"] > 100
    assert found["triaged"] >= found["collected"]
    assert found["cases"]["resolved"] >= 1
    assert min(found["customers"], found["alerts"], found["replies_visible"]) >= 1
    for hop in ("seen", "triaged", "screen"):
        assert found["latency_ms"][hop]["p50"] <= found["latency_ms"][hop]["p99"]
