"""What every test lives with: no network beyond this machine, no phone-home, no deadlines, and no silent skip in CI.

Database fixtures belong to `tests/casework/conftest.py`; builders of rows and files to `tests/make.py`.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

# A deadline for an example, or a check that drawing it is quick, would be a timed assertion: a busy machine is slow.
hypothesis.settings.register_profile(
    "ducha", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
# For tests/mutation.py: the same examples for each mutant, and none of them made smaller.
hypothesis.settings.register_profile(
    "mutants",
    parent=hypothesis.settings.get_profile("ducha"),
    derandomize=True,
    max_examples=40,
    database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("ducha")

IN_CI = os.environ.get("DUCHA_CI") == "1"

# Set before any test imports Prefect, and inherited by child processes (reliability: Prefect reports home by default).
os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"


def require(condition: object, reason: str) -> None:
    """Skip the test on a user's machine, and fail it in CI, unless the condition holds.

    reason   what is missing and how to get it; for example "LibreOffice: apt-get install libreoffice-writer-nogui"
    """
    if condition:
        return
    if IN_CI:
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)


class NetworkForbidden(AssertionError):
    """A test tried to leave this machine."""


def stays_here(family: int, address: Any) -> bool:
    """Say whether a socket address is on this machine: a Unix socket, localhost, or a loopback number."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Refuse every connection of this process that leaves the machine; no test depends on a network."""

    def guard(original: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if not stays_here(self.family, address):
                raise NetworkForbidden(f"a test may not connect to {address!r}; use a server on 127.0.0.1")
            return original(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guard(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guard(socket.socket.connect_ex))
        yield
