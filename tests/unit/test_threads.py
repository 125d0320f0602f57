"""Numpy begins no threads of its own beside ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

THREADS = Path("/proc/self/task")
COUNT = f"import amends.triage.ngrams, os; print(len(os.listdir({str(THREADS)!r})))"


@pytest.mark.skipif(not THREADS.exists(), reason="threads are counted where Linux lists them")
def test_numpy_begins_no_threads_of_its_own() -> None:
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", COUNT], env=env, capture_output=True, text=True, check=True)
    assert said.stdout == "1\n"
