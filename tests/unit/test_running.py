"""How an installation is found, held and given a port."""

import os
import socket
from pathlib import Path

import pytest

from amends.cli.running.data_dir import make_data_dir
from amends.cli.running.ports import free_port
from amends.cli.running.state import State, alone_on, last_state, running
from amends.core.embedded.places import LONGEST_SOCKET_PATH, default_data_dir, socket_dir
from amends.core.errors import SettingsWrong

HOST = "127.0.0.1"


def a_state(pid: int = 1) -> State:
    return State(pid=pid, mode="demo", address="http://127.0.0.1:8000", database_url="d", broker_url="b", started_at="now")


def test_a_port_that_is_free_is_given() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    assert free_port(HOST, port) == port


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(HOST, port) not in {port, 0}


def test_a_state_file_is_believed_only_while_somebody_holds_the_data(tmp_path: Path) -> None:
    make_data_dir(tmp_path)
    a_state().write(tmp_path)
    assert last_state(tmp_path) == a_state()
    assert running(tmp_path) is None
    with alone_on(tmp_path):
        assert running(tmp_path) == a_state()
    assert running(tmp_path) is None
    assert last_state(tmp_path) is None


def test_data_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    make_data_dir(tmp_path)
    a_state(pid=4711).write(tmp_path)
    with alone_on(tmp_path), pytest.raises(SettingsWrong, match=r"at http://127\.0\.0\.1:8000 \(process 4711\)"), alone_on(tmp_path):
        pass


@pytest.mark.parametrize("words", ["", "{", '{"pid": 1}', "[]", '{"unknown": 1}'])
def test_a_damaged_state_file_is_no_state(tmp_path: Path, words: str) -> None:
    (tmp_path / "state.json").write_text(words)
    assert last_state(tmp_path) is None


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsWrong, match="choose another place with --data"):
        make_data_dir(tmp_path / "file" / "data")


def test_sockets_stay_with_the_data_where_the_path_is_short(tmp_path: Path) -> None:
    uid, gid = tmp_path.stat().st_uid, tmp_path.stat().st_gid
    short = Path("/tmp") / f"amends-test-{tmp_path.name}"  # noqa: S108 - short is the point
    try:
        assert socket_dir(short, name="s", uid=uid, gid=gid) == short / "run"
        long = short / ("x" * LONGEST_SOCKET_PATH)
        elsewhere = socket_dir(long, name="s", uid=uid, gid=gid)
        assert long not in elsewhere.parents
        assert elsewhere.stat().st_mode & 0o077 == 0
        elsewhere.rmdir()
    finally:
        (short / "run").rmdir()
        short.rmdir()


def test_data_lives_where_the_system_expects_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data_dir() == (Path("/var/lib/amends") if os.geteuid() == 0 else tmp_path / "amends")
