"""The mailbox of a mail service, read over IMAP with a checked certificate; nothing in it is ever deleted.

`imap_tools` flags by STORE and EXPUNGE, and moves by COPY, DELETE and EXPUNGE where a server knows no MOVE: that would
take away for good what a person has marked for deletion. So flags are stored here by STORE alone, and mails are moved
only by servers that can.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from types import TracebackType
from typing import Self, TypeVar

from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox
from imap_tools.query import AND

from core.errors import DeliveryFailed
from delivery.inbound.account import InboxAccount
from delivery.inbound.boxes import Unreadable, Waiting

CHUNK = 500  # mails that one command names
WORLD = (OSError, imaplib.IMAP4.error, ImapToolsError, ssl.SSLError, EOFError)
_FETCHED = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
T = TypeVar("T")


class Imap:
    """A folder of a mailbox; the place of a mail is the folder's UIDVALIDITY with the mail's UID (RFC 3501)."""

    def __init__(self, account: InboxAccount, timeout: float, context: ssl.SSLContext | None = None) -> None:
        self.account, self.timeout = account, timeout
        self._context = context
        self._box: BaseMailBox | None = None
        self._validity = 0

    @property
    def name(self) -> str:
        return f"imap:{self.account.user}@{self.account.host}/{self.account.folder}"

    def __enter__(self) -> Self:
        with self._told("收信邮箱连接不上"):
            box = self._connect()
        try:
            with self._told("收信邮箱不让登录"):
                box.login(self.account.user, self.account.secret, initial_folder=None)
                _learn_abilities(box.client)
                # Some services refuse every folder to programs that do not introduce themselves (RFC 2971).
                if "ID" in box.client.capabilities:
                    box.client.xatom("ID", '("name" "ducha" "version" "1")')
                box.folder.set(self.account.folder)
                told = box.folder.status(self.account.folder, ["UIDVALIDITY"])
        except DeliveryFailed:
            _close(box)
            raise
        self._box, self._validity = box, told.get("UIDVALIDITY", 0)
        return self

    def _connect(self) -> BaseMailBox:
        account, context = self.account, self._context or ssl.create_default_context()
        if account.implicit_tls:
            return MailBox(account.host, account.port, self.timeout, ssl_context=context)
        if account.starttls:
            return MailBoxStartTls(account.host, account.port, self.timeout, ssl_context=context)
        return MailBoxUnencrypted(account.host, account.port, self.timeout)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._box is not None:
            _close(self._box)
        self._box = None

    def look(self, since: date) -> list[Waiting]:
        """Return the mails that came since a day, the oldest first."""
        with self._told("收信邮箱列不出邮件"):
            uids = sorted(map(int, self._open.uids(AND(date_gte=since), charset=None)))
            return [one for chunk in _chunks(uids) for one in self._details(chunk)]

    def _details(self, uids: Sequence[int]) -> Iterator[Waiting]:
        command = self._open.client.uid("FETCH", ",".join(map(str, uids)), "(UID FLAGS RFC822.SIZE)")
        found: dict[int, Waiting] = {}
        for line in _answer(command):
            uid, size = _FETCHED.search(line), _SIZE.search(line)
            if uid:
                number = int(uid[1])
                done = rb"\Seen" in line and not self._moves  # what is to be moved and still here is not done
                found[number] = Waiting(self._key(number), int(size[1]) if size else 0, done)
        return (found[uid] for uid in uids if uid in found)

    def _key(self, uid: int) -> str:
        return f"{self._validity}/{uid}"

    def fetch(self, key: str, limit: int) -> bytes:
        """Return the first bytes of a mail, whose mark it leaves as it is.

        raises   Unreadable when the server gives none for this mail; the connection is made anew then
        """
        try:
            parts = self._open.client.uid("FETCH", key.rpartition("/")[2], f"(UID BODY.PEEK[]<0.{limit}>)")
            bodies = [one[1] for one in parts[1] if isinstance(one, tuple)]
        except WORLD as error:
            self._again()
            raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error
        if parts[0] != "OK" or not bodies:
            raise Unreadable("服务器没有给出这封邮件")
        return bytes(bodies[0])

    def _again(self) -> None:
        """Connect anew: after a command that failed, nobody knows what the old connection would say next."""
        self.__exit__(None, None, None)
        self.__enter__()

    def mark(self, keys: Sequence[str]) -> None:
        """Mark mails as seen and, where the address says so and the server can, move them to another folder."""
        with self._told("收信邮箱不让标记"):
            for chunk in _chunks([int(key.rpartition("/")[2]) for key in keys]):
                uids = ",".join(map(str, chunk))
                _answer(self._open.client.uid("STORE", uids, "+FLAGS.SILENT", r"(\Seen)"))
                if self._moves:
                    self._open.move([str(uid) for uid in chunk], self.account.move)

    @property
    def _moves(self) -> bool:
        return bool(self.account.move) and "MOVE" in self._open.client.capabilities

    @property
    def _open(self) -> BaseMailBox:
        if self._box is None:
            raise DeliveryFailed("收信邮箱没有打开", retry=True, found=str(self.account))
        return self._box

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Tell what the world did as an error of ours; the secret is in none of its texts."""
        try:
            yield
        except WORLD as error:
            raise DeliveryFailed(
                what, retry=not isinstance(error, MailboxLoginError), found=f"{self.account}：{_words(error)}",
                expected="可登录、证书有效的 IMAP 邮箱", remedy=_remedy(error),
            ) from None  # fmt: skip


def _learn_abilities(client: imaplib.IMAP4) -> None:
    """Ask what the server can do for whoever is logged in: many say MOVE only then (RFC 3501, 6.1.1)."""
    status, lines = client.capability()
    if status == "OK" and lines and lines[0]:
        client.capabilities = tuple(bytes(lines[0]).decode("ascii", "replace").upper().split())


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {' '.join(str(error).split())}"[:200]


def _remedy(error: BaseException) -> str:
    if isinstance(error, MailboxLoginError):
        return "核对用户名和口令（QQ、163、腾讯企业邮用授权码），并在邮箱设置中开启 IMAP"
    if isinstance(error, MailboxFolderSelectError):
        return "核对地址中的文件夹名"
    if isinstance(error, ssl.SSLError):
        return "核对服务器证书；自建证书机构的，把根证书加入系统"
    return "检查网络和邮箱服务器；没有读到的来信不会丢失"


def _answer(command: tuple[str, Sequence[object]]) -> list[bytes]:
    """Return the lines of an answer; a tuple is a line with what followed it."""
    status, lines = command
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {lines!r}"[:200])
    return [
        bytes(one[0]) if isinstance(one, tuple) else one for one in lines if isinstance(one, bytes | tuple)
    ]


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[place : place + CHUNK] for place in range(0, len(numbers), CHUNK))


def _close(box: BaseMailBox) -> None:
    _quietly(box.logout)
    _quietly(box.client.shutdown)


def _quietly(act: Callable[[], T]) -> T | None:
    """Take leave of a server that may be gone already."""
    try:
        return act()
    except WORLD:
        return None
