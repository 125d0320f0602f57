"""How much memory a process holds."""

import os
from pathlib import Path


def resident_mb(pid: int | None = None) -> float:
    """Return the resident memory of a process (this one) in MiB; 0 where the system does not tell (it is read from Linux's /proc)."""
    statm = Path("/proc", str(pid or "self"), "statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else 0.0
