"""The databases that storage is tried on: SQLite always, and a real PostgreSQL server where there is one.

A missing server is skipped with its reason; with `KB_REQUIRE_ALL` it is an error.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import missing


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of our own, without a database name."""
    if named := os.environ.get("KB_TEST_PG_URL"):
        yield named
        return
    if reason := _missing():
        missing(reason)
    with Server() as server:
        yield server.url


class Server:
    """A PostgreSQL server of our own, that may be killed and started again.

    Args:
        safe: it waits for the disk, as one does that is to survive a loss of power.
    """

    def __init__(self, safe: bool = False) -> None:
        self._fsync = "on" if safe else "off"
        self._folder = Path(tempfile.mkdtemp(prefix="kb-pg-"))
        self._folder.chmod(0o777)
        self.port = _free_port()
        self.url = f"postgresql+psycopg://kb@127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        """Makes and starts it."""
        _run("initdb", "-D", str(self._folder / "data"), "-A", "trust", "-U", "kb", "--no-sync")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it, and takes its folder away."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, tries: int = 40) -> None:
        """Starts it, and waits until it answers; what is left of a killed one may be in the way for a moment."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} "
            f"-c fsync={self._fsync}"
        )
        data = str(self._folder / "data")
        for again in reversed(range(tries)):
            try:
                _run("pg_ctl", "-D", data, "-w", "-l", str(self._folder / "log"), "-o", options, "start")
                return
            except subprocess.CalledProcessError:
                if not again:
                    raise
                time.sleep(0.25)

    def kill(self) -> None:
        """Stops it at once, as a crash does: whatever runs is cut off."""
        _run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def kill_hard(self) -> None:
        """SIGKILL, as from the kernel when memory runs out."""
        os.kill(int((self._folder / "data/postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)

    def drop_connections(self) -> None:
        """Cuts every connection but the one that says so."""
        import psycopg

        with psycopg.connect(self.url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that may be killed."""
    if reason := _missing():
        missing(reason)
    with Server() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The setting `database`: empty for SQLite, or a fresh database on the server."""
    if request.param == "sqlite":
        return ""
    return fresh(request.getfixturevalue("postgres"))


def fresh(server: str) -> str:
    """A new, empty database on the server."""
    import psycopg

    name = f"kb_{secrets.token_hex(6)}"
    with psycopg.connect(server.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return f"{server}/{name}"


def _missing() -> str:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    return "" if _program("initdb") else "no PostgreSQL server is installed"


def _program(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


def _run(program: str, *arguments: str) -> None:
    """Runs a program of the server, which refuses to run as root."""
    command = [str(_program(program)), *arguments]
    if os.geteuid() == 0:
        runuser = shutil.which("runuser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        command = [runuser or "runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
