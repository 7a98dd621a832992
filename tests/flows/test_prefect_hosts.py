"""Three workers under one server on PostgreSQL: whatever is killed, restarted or cut off, two ticks later all is done.

The worst case, server and worker killed together, runs always; the others belong to `make proof`.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests.flows.prefecthosts import DEPLOY, LEASE_SECONDS, Hosts, island, several_hosts, through

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
WORKERS = ("east", "south", "west")


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Give a server with three workers, all alive."""
    with several_hosts(tmp_path_factory.mktemp("hosts")) as opened:
        for name in WORKERS:
            opened.start(name)
        yield opened


@pytest.fixture(autouse=True)
def all_alive(hosts: Hosts) -> None:
    """Start again what an earlier test has left dead."""
    for name in ("server", *WORKERS):
        if name not in hosts.running or hosts.running[name].poll() is not None:
            hosts.start(name)


@pytest.mark.proof
def test_a_worker_is_killed_with_its_runs(hosts: Hosts) -> None:
    def kill() -> None:
        hosts.kill("east")

    hosts.disturb(kill)


def test_the_server_and_a_worker_are_killed_and_started_again(hosts: Hosts) -> None:
    def kill() -> None:
        hosts.kill("server")
        hosts.kill("south")
        hosts.start("server")
        hosts.start("south")

    hosts.disturb(kill)


@pytest.mark.proof
def test_every_run_is_killed_and_the_workers_live(hosts: Hosts) -> None:
    hosts.disturb(hosts.kill_runs)


@pytest.mark.proof
def test_the_server_is_killed_and_started_again(hosts: Hosts) -> None:
    def kill() -> None:
        hosts.kill("server")
        hosts.start("server")

    hosts.disturb(kill)


@pytest.mark.proof
@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_restarted_in_order(hosts: Hosts, name: str) -> None:
    def restart() -> None:
        hosts.running[name].send_signal(signal.SIGTERM)
        hosts.kill(name)
        hosts.start(name)

    hosts.disturb(restart)


@pytest.mark.proof
def test_the_deployments_are_made_anew_in_the_middle_of_a_tick(hosts: Hosts) -> None:
    hosts.disturb(lambda: hosts.prefect.run(*DEPLOY, seconds=240))


@pytest.mark.proof
def test_no_two_workers_were_ever_at_the_same_shard(hosts: Hosts) -> None:
    """The fence of each shard counts its holders; a run that found it held has left it alone."""
    with hosts.edge.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT shard, fence, holder FROM lease ORDER BY shard")).all()
    assert [row.shard for row in rows] == [0, 1, 2]
    assert all(row.fence > 0 for row in rows)


@pytest.mark.proof
def test_a_host_that_is_cut_off_is_overtaken_and_writes_nothing_when_it_is_back(hosts: Hosts) -> None:
    ports = [
        urlsplit(hosts.prefect.env[name]).port or 0 for name in ("PREFECT_API_URL", "DUCHA_DATABASE_URL")
    ]
    for name in WORKERS:
        hosts.kill(name)
    with island(1, ports) as remote:
        hosts.start("remote", *remote.prefix, **through(remote, hosts.prefect))

        def cut() -> None:
            remote.cut()
            stalled = hosts.holders()
            assert stalled
            for name in WORKERS:
                hosts.start(name)
            hosts.wait_for(lambda: not (hosts.holders() & stalled), 240)
            time.sleep(LEASE_SECONDS)
            remote.mend()

        hosts.disturb(cut)
        hosts.kill("remote")
