"""Servers as an administrator would have them, Debian's own, started for a test on loopback and gone with it."""

import os
import pwd
import shutil
import signal
import socket
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from amends.core.embedded import process
from tests import needs
from tests.ports import port_of_ours

HOST = "127.0.0.1"
PATIENCE = 180.0


def account() -> process.Account | None:
    """Return `nobody` where we are root: neither PostgreSQL nor a careful administrator runs servers as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return process.Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def private(folder: Path) -> Path:
    """Make a folder that the servers' account owns, empty: a server that did not come up is tried again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if found := account():
        os.chown(folder, found.uid, found.gid)
    return folder


@contextmanager
def served(
    command: Sequence[str | Path], *, folder: Path, ready: Callable[[], bool], env: Mapping[str, str] | None = None
) -> Generator[process.Child]:
    """Run a server until the block ends; what it says goes to `folder`/log."""
    child = process.start([str(part) for part in command], log=folder.parent / f"{folder.name}.log", account=account(), env=env, cwd=folder)
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            words = (folder.parent / f"{folder.name}.log").read_text(errors="replace")[-2000:]
            assert child.poll() is None, words
            assert time.monotonic() < deadline, words
            time.sleep(0.05)
        yield child
    finally:
        process.stop(child, how=signal.SIGTERM, patience=10)


def answers(port: int, say: bytes = b"", hear: bytes = b"") -> bool:
    """Return whether a server at `port` takes connections and, asked `say`, answers with `hear`."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as talk:
            if say:
                talk.sendall(say)
            return not hear or talk.recv(64).startswith(hear)
    except OSError:
        return False


@contextmanager
def postgresql(folder: Path, *, databases: Sequence[str]) -> Generator[str]:
    """Yield the URL of Debian's PostgreSQL with these empty databases; the name of one, behind a slash, goes after it."""
    home = needs.program(*sorted(str(place) for place in Path("/usr/lib/postgresql").glob("*/bin/postgres")), "postgres").resolve().parent
    private(folder)
    made = process.run([str(home / "initdb"), "-D", str(folder / "data"), "-U", "amends", "--auth=trust", "--no-sync"], account=account())
    assert made.returncode == 0, made.stderr
    port = port_of_ours()
    options = ("-c", f"listen_addresses={HOST}", "-c", f"port={port}", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off")
    ready = [str(home / "pg_isready"), "-h", HOST, "-p", str(port), "-U", "amends"]
    with served([home / "postgres", "-D", folder / "data", *options], folder=folder, ready=lambda: process.run(ready).returncode == 0):
        for name in databases:
            made = process.run([str(home / "createdb"), "-h", HOST, "-p", str(port), "-U", "amends", name])
            assert made.returncode == 0, made.stderr
        yield f"postgresql://amends@{HOST}:{port}"


@contextmanager
def redis(folder: Path) -> Generator[str]:
    """Yield the URL of Debian's Redis."""
    server = needs.program("redis-server")
    private(folder)
    port = port_of_ours()
    command = [server, "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with served(command, folder=folder, ready=lambda: answers(port, b"PING\r\n", b"+PONG")):
        yield f"redis://{HOST}:{port}/0"


@contextmanager
def rabbitmq(folder: Path) -> Generator[str]:
    """Yield the URL of Debian's RabbitMQ, with a name server of its own."""
    server = needs.program("/usr/lib/rabbitmq/bin/rabbitmq-server")
    private(folder)
    names, port, distance = port_of_ours(), port_of_ours(), port_of_ours()
    env = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": HOST,
        "RABBITMQ_NODENAME": "amends@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distance),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
    }
    epmd = [needs.program("epmd"), "-address", HOST, "-port", str(names)]
    with (
        served(epmd, folder=private(folder / "names"), ready=lambda: answers(names)),
        served([server], folder=folder, env=env, ready=lambda: answers(port, b"AMQP\x00\x00\x09\x01", b"\x01")),
    ):
        yield f"amqp://guest:guest@{HOST}:{port}//"
