"""The guards of tests/conftest.py hold."""

from __future__ import annotations

import socket

import pytest

from tests import conftest


def test_a_test_that_leaves_the_machine_is_stopped() -> None:
    with socket.socket() as outside, pytest.raises(conftest.NetworkForbidden):
        outside.connect(("192.0.2.1", 80))


def test_a_server_on_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    ("family", "address", "expected"),
    [
        (socket.AF_UNIX, "/tmp/server", True),  # noqa: S108  nothing is opened there
        (socket.AF_INET, ("localhost", 25), True),
        (socket.AF_INET, ("127.8.0.1", 25), True),
        (socket.AF_INET6, ("::1", 25, 0, 0), True),
        (socket.AF_INET, ("10.0.0.1", 25), False),
        (socket.AF_INET, ("mail.example", 25), False),
    ],
)
def test_loopback_is_told_from_the_rest(family: int, address: object, expected: bool) -> None:
    assert conftest.stays_here(family, address) is expected


def test_what_is_missing_is_skipped_at_home_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "IN_CI", False)
    with pytest.raises(pytest.skip.Exception):
        conftest.require(False, "LibreOffice")

    monkeypatch.setattr(conftest, "IN_CI", True)
    with pytest.raises(pytest.fail.Exception):
        conftest.require(False, "LibreOffice")
