"""Child processes that never outlive us: asked to stop in order, and told by the kernel when we die without a word (kill -9)."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from amends.core.errors import SettingsWrong

Child = subprocess.Popen[bytes]
Outcome = subprocess.CompletedProcess[str]

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The account of the operating system that a child runs as."""

    uid: int
    gid: int


def _private(log: Path) -> BinaryIO:
    """Open the log for appending; nobody but us reads it."""
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _tether(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what a child on Linux does before it becomes its program: ask the kernel for `death_signal` when its parent dies.

    The kernel watches the parent's thread, so children are started from a thread that lives as long as the process: the main one.
    """
    libc, parent = _LIBC, os.getpid()
    if libc is None:
        return None

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def start(
    command: Sequence[str],
    *,
    log: Path | None,
    death_signal: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Child:
    """Return the running child, in its own process group (Ctrl-C reaches us alone), writing to `log`, or to our standard error.

    `env` and `cwd` are ours where they are not given.
    """
    with _private(log) if log else open(os.dup(2), "wb") as output:  # noqa: PTH123
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            process_group=0,
            preexec_fn=_tether(death_signal),  # noqa: PLW1509
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def run(command: Sequence[str], *, account: Account | None = None) -> Outcome:
    """Return how `command`, run to its end as `account`, came out."""
    return subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def stop(child: Child, *, how: signal.Signals = signal.SIGTERM, patience: float = 5) -> None:
    """End `child` with the signal `how`, and with SIGKILL where it is still there after `patience` seconds."""
    if child.poll() is None:
        child.send_signal(how)
        wait(child, patience=patience)


def wait(child: Child, *, patience: float) -> None:
    """Return when `child` has ended, by SIGKILL after `patience` seconds."""
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def is_running(pid: int, mark: str) -> bool:
    """Return whether `pid` is alive and its command line has `mark` in it (a pid from an old file may belong to somebody else now)."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_text(errors="replace") if _LIBC else run(["/bin/ps", "-p", str(pid), "-o", "args="]).stdout
    except OSError:
        return False
    return mark in line


def end_orphan(pid: int, mark: str, *, how: signal.Signals, patience: float) -> None:
    """End a process that outlived the one that started it, and return when it is gone; `SettingsWrong` where it does not go."""
    deadline = time.monotonic() + patience
    if is_running(pid, mark):
        os.kill(pid, how)
    while is_running(pid, mark):
        if time.monotonic() > deadline:
            raise SettingsWrong(f"process {pid} was left over from an earlier start and does not stop; end it by hand: kill -9 {pid}")
        time.sleep(0.02)
