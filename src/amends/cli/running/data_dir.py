"""The folder an installation lives in: made, cleared, and freed of what an earlier start left running."""

import os
import shutil
import signal
from pathlib import Path

from amends.cli.running.state import last_state
from amends.core.embedded.postgres import EmbeddedPostgres
from amends.core.embedded.process import end_orphan
from amends.core.embedded.program import MODULE
from amends.core.errors import SettingsWrong

OURS = ("postgres", "valkey", "sandbox", "logs")
"""What `--fresh` throws away; whatever else somebody keeps in the folder stays."""


def make_data_dir(data: Path) -> None:
    """Make `data` and what lies above it, closed to others, though root lets `nobody` pass, whom PostgreSQL runs as."""
    new = [folder for folder in (data, *data.parents) if not folder.exists()]
    try:
        data.mkdir(parents=True, exist_ok=True)
        for folder in new:
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        (data / "logs").mkdir(exist_ok=True)
        (data / "lock").touch(mode=0o600)
    except OSError as error:
        raise SettingsWrong(f"cannot write to {data} ({error.strerror}); choose another place with --data") from error


def clear_away(data: Path, *, everything: bool) -> None:
    """End what a killed supervisor left running on `data`, and with `everything` remove what it kept there."""
    left_over = last_state(data)
    for pid in left_over.parts.values() if left_over else ():
        end_orphan(pid, MODULE, how=signal.SIGKILL, patience=5)
    if everything:
        EmbeddedPostgres(data / "postgres").end_orphan()
        for name in OURS:
            shutil.rmtree(data / name, ignore_errors=True)
        (data / "logs").mkdir()
