"""A real Prefect server and worker as child processes: on loopback, in their own folder, watched for phone calls."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from system.paths import ROOT

PREFECT = [sys.executable, "-m", "prefect"]

# Loaded by every Python that finds it on its path: names and addresses off this machine are written down and refused.
WATCH = """
import os, socket

def _here(host):
    host = host.decode() if isinstance(host, bytes) else str(host or "")
    return host in ("", "localhost", "0.0.0.0", "::", "::1") or host.startswith("127.") or host == socket.gethostname()

def _guard(original, host_of):
    def call(*args, **kwargs):
        host = host_of(args)
        if host is not None and not _here(host):
            with open(os.environ["CALLS_FILE"], "a") as file:
                print(host, file=file)
            raise OSError("refused by the test: " + str(host))
        return original(*args, **kwargs)
    return call

socket.getaddrinfo = _guard(socket.getaddrinfo, lambda args: args[0] if args else None)
_connect = _guard(socket.socket.connect, lambda args: args[1][0] if isinstance(args[1], tuple) else None)
socket.socket.connect = _connect
"""


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables of a file of NAME=value lines."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def copy_checkout(target: Path) -> Path:
    """Copy what git would commit into a folder, as a clean checkout has it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in listed:
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    return target


@dataclass(frozen=True, slots=True)
class Prefect:
    """Where the children run and what they see."""

    folder: Path
    checkout: Path
    env: Mapping[str, str]

    @property
    def calls(self) -> str:
        """The names and addresses off this machine that a child asked for."""
        file = self.folder / "calls.txt"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def logs(self) -> str:
        """Return the end of what every child wrote, for the message of a failed test."""
        texts = [
            (path.name, path.read_text("utf-8", "replace")[-6000:]) for path in self.folder.glob("*.log")
        ]
        return "\n".join(f"---- {name}\n{text}" for name, text in texts)

    def run(self, *words: str, seconds: float = 60) -> None:
        """Run one command of Prefect in the checkout to its end."""
        log = self.folder / f"{words[0]}.log"
        with log.open("a", encoding="utf-8") as out:
            done = subprocess.run(
                [*PREFECT, *words],
                cwd=self.checkout, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=seconds,
                check=False,
            )  # fmt: skip
        assert done.returncode == 0, self.logs()

    @contextmanager
    def child(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Keep one command of Prefect running, in an empty folder that is not the checkout."""
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        with (self.folder / f"{words[0]}.log").open("ab") as out:
            process = subprocess.Popen(
                [*PREFECT, *words],
                cwd=elsewhere, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started: a run has its own process group and outlives its worker for a while."""
    family = [process.pid, *descendants(process.pid)]
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        pass
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def descendants(pid: int) -> list[int]:
    """Return the ids of the processes that a process started, and theirs; none where the system does not tell."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(word) for word in file.read_text(encoding="ascii").split()] if file.exists() else []
    return [*children, *(one for child in children for one in descendants(child))]


@contextmanager
def prefect_server(folder: Path, more: Mapping[str, str]) -> Iterator[Prefect]:
    """Start a server on a free port with the environment of deploy/prefect.env; everything is gone afterwards.

    folder   empty; holds the copied checkout, the server's own database and the logs
    more     variables of the children on top
    """
    prefect = prepare(folder, more)
    with prefect.child("server", "start") as server:
        await_server(prefect, server)
        yield prefect


def prepare(folder: Path, more: Mapping[str, str]) -> Prefect:
    """Copy the checkout and settle the environment of the children; nothing is started."""
    checkout = copy_checkout(folder / "checkout")
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "DUCHA", "PYTEST"))}
    for name in ("DO_NOT_TRACK", "CI", "GITHUB_ACTIONS"):
        kept.pop(name, None)  # nothing but the file under test keeps the children quiet
    env = {
        **kept,
        **read_env_file(checkout / "deploy" / "prefect.env"),
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PYTHONPATH": os.pathsep.join((str(checkout), str(folder / "watch"))),
        "CALLS_FILE": str(folder / "calls.txt"),
        **more,
    }
    return Prefect(folder, checkout, env)


def await_server(prefect: Prefect, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    wait_until(lambda: _answers(f"{prefect.env['PREFECT_API_URL']}/health"), 120, server, prefect)


def wait_until(
    happened: Callable[[], bool], seconds: float, child: subprocess.Popen[bytes], prefect: Prefect
) -> None:
    """Wait until something has happened; fail with the logs when a child ends or the time is over."""
    until = time.monotonic() + seconds
    while not happened():
        assert child.poll() is None, prefect.logs()
        assert time.monotonic() < until, prefect.logs()
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
