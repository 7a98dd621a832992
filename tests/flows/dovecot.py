"""A Dovecot of one's own on loopback: the mail server that many offices and hosts run, with a mailbox in a folder."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
MISSING = "Dovecot: apt-get install dovecot-imapd"
USER, SECRET = "ducha@shilixian.example", "s/ecret"
LOOPBACK, PATIENCE = "127.0.0.1", 20.0


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A server that runs: `plain` also speaks STARTTLS."""

    plain: int
    secure: int
    trust: ssl.SSLContext

    @contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        """Open a session of the mailbox, as any other mail program would."""
        with imaplib.IMAP4_SSL(LOOPBACK, self.secure, ssl_context=self.trust) as session:
            session.login(USER, SECRET)
            yield session

    def put(self, mime: bytes) -> None:
        """Put a mail into the mailbox."""
        with self.session() as session:
            said, more = session.append("INBOX", "", "", mime)
            assert said == "OK", more

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """Return the flags of every mail of a folder, without those that only tell of its coming."""
        with self.session() as session:
            _said, count = session.select(folder, readonly=True)
            if count == [b"0"]:
                return []
            _said, rows = session.fetch("1:*", "(FLAGS)")
            told = [imaplib.ParseFlags(row) for row in rows if isinstance(row, bytes)]
            return [{flag.decode() for flag in flags} - {"\\Recent"} for flags in told]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {loopback}
default_login_user = {login}
default_internal_user = {inner}
default_internal_group = {group}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password={secret} user={user}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def _configuration(folder: Path, owner: pwd.struct_passwd, plain: int, secure: int) -> str:
    names = {"login": owner.pw_name, "inner": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name}
    if os.geteuid() == 0:  # whoever is not root runs every part of it as himself
        names = {"login": "dovenull", "inner": "dovecot", "group": "dovecot"}
    return CONFIGURATION.format(
        **names, folder=folder, loopback=LOOPBACK, uid=owner.pw_uid, gid=owner.pw_gid,
        user=USER, secret=SECRET, plain=plain, secure=secure,
    )  # fmt: skip


@contextmanager
def dovecot(pem: Path, trust: ssl.SSLContext) -> Iterator[Dovecot]:
    """Run a server over an empty mailbox until the block ends.

    pem   its key and certificate, which `trust` knows
    """
    assert PROGRAM is not None, MISSING
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with tempfile.TemporaryDirectory(prefix="ducha-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # who reads the mailbox is not who started the server
        for part in ("mail", "home"):
            (folder / part).mkdir()
            os.chown(folder / part, owner.pw_uid, owner.pw_gid)
        shutil.copyfile(pem, folder / "server.pem")
        with _running(folder, owner, trust) as server:
            yield server


@contextmanager
def _running(folder: Path, owner: pwd.struct_passwd, trust: ssl.SSLContext) -> Iterator[Dovecot]:
    plain, secure = _free_port(), _free_port()
    file = folder / "dovecot.conf"
    file.write_text(_configuration(folder, owner, plain, secure), encoding="utf-8")
    server = subprocess.Popen(
        [PROGRAM, "-F", "-c", file], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        _wait_for(plain, server, folder / "dovecot.log")
        yield Dovecot(plain, secure, trust)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise AssertionError(
                    log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log"
                ) from None
            time.sleep(0.05)
