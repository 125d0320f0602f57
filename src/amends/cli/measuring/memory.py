"""How much memory this process holds."""

import os
from pathlib import Path


def resident_mb() -> float:
    """Return the resident memory of this process in MiB; 0 where the system does not tell (it is read from Linux's /proc)."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else 0.0
