"""Where an installation keeps what it must not lose, and where sockets go when that path is too long for one."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from amends.core.errors import SettingsWrong

LONGEST_SOCKET_PATH = 100
"""The kernel's limit is 107 bytes on Linux and 103 on macOS."""


def default_data_dir() -> Path:
    """Return where this user's installation lives: /var/lib/amends for root, else by the XDG rule."""
    if os.geteuid() == 0:
        return Path("/var/lib/amends")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "amends"


def socket_dir(data: Path, *, name: str, uid: int, gid: int) -> Path:
    """Return a folder, private to `uid`, whose path leaves room for the socket `name`: within `data` where that is short enough."""
    folder = data / "run"
    if len(os.fsencode(folder / name)) > LONGEST_SOCKET_PATH:
        folder = Path(tempfile.gettempdir()) / f"amends-{uid}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    make_private(folder, uid=uid, gid=gid)
    return folder


def leave(folder: Path, data: Path) -> None:
    """Remove the socket folder again where it lies outside `data`; one that is not empty stays."""
    if data not in folder.parents:
        with suppress(OSError):
            folder.rmdir()


def make_private(folder: Path, *, uid: int, gid: int) -> None:
    """Make `folder`, owned by `uid` and closed to all others; refuse one that somebody else has laid there."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid not in {uid, os.geteuid()}:
        raise SettingsWrong(f"{folder} belongs to somebody else; remove it, or choose another place with --data")
    os.chown(folder, uid, gid)
    folder.chmod(0o700)


@contextmanager
def scratch_dir() -> Generator[Path]:
    """Yield an empty folder that goes away afterwards, open to `nobody`, whom PostgreSQL runs as where we are root."""
    folder = Path(tempfile.mkdtemp(prefix="amends-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
