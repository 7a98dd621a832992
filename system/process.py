"""Who this process is, so that work left behind by a dead process can be recognised on the same machine."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
UPTIME = Path("/proc/uptime")


def make_token() -> str:
    """Return a token for one claim: host, boot, process and its start, and a random part."""
    return "|".join(
        (socket.gethostname(), boot_id(), str(os.getpid()), _started(os.getpid()), secrets.token_hex(6))
    )


def is_dead(token: str) -> bool:
    """Return whether the process that made a token is known to be gone: same host, and it no longer runs."""
    parts = token.split("|")
    if len(parts) != 5 or parts[0] != socket.gethostname() or not parts[2].isdigit():
        return False
    if parts[1] != boot_id():
        return True
    started = _started(int(parts[2]))
    return started != parts[3] or started == ""


def boot_id() -> str:
    """Return the id of this boot of the machine, empty where the system does not tell."""
    return BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else ""


def uptime_seconds() -> int:
    """Return the seconds since the machine started, a clock that nobody can set; 0 where the system does not tell."""
    return int(float(UPTIME.read_text(encoding="ascii").split()[0])) if UPTIME.exists() else 0


def _started(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; empty when it is gone or a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return str(pid) if not Path("/proc").exists() else ""
    fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
