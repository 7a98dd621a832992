"""The accounts of the demo: one for every part in the story, with passwords that are made anew each time."""

from __future__ import annotations

import os

from casework.accounts.hashing import hash_password, make_password
from casework.accounts.register import first_administrators, grant_account, open_account
from cli.demo.world import LINKAGE, OFFICERS, REVIEWERS, World
from system.clock import civil_day, now

FILE = "账号.txt"
HOLDERS = (
    ("director", "L-DIRECTOR", "主任"),
    ("deputy", "L-DEPUTY", "副主任"),
    ("section", "L-SECTION", "科室负责人"),
    ("committee", "L-COUNTY", "委员会负责人"),
    ("officer1", OFFICERS[0], "经办人"),
    ("officer2", OFFICERS[1], "经办人"),
    ("reviewer", REVIEWERS[0], "审核人"),
    ("linkage", LINKAGE, "纪检联络员"),
    ("verifier", "P060", "核查人"),
    ("jiaoyu", "D002:liaison", "教育局联络员"),
    ("ziran", "D008:liaison", "自然资源局联络员"),
    ("chengdong", "T013:liaison", "城东街道联络员"),
)  # fmt: skip


def open_accounts(world: World) -> None:
    """Open the accounts and write their passwords to a file that only its owner reads."""
    with world.edge.desk() as desk:
        passwords = first_administrators(desk)
    with world.desk(by="@sysadmin") as desk:
        for login, _holder, name in HOLDERS:
            open_account(desk, login, name)
    chosen = {login: make_password() for login, _holder, _name in HOLDERS}
    hashes = {login: hash_password(password) for login, password in chosen.items()}
    with world.desk(by="@secadmin") as desk:
        for login, holder, _name in HOLDERS:
            account = grant_account(desk, login, holder)
            # In the story everybody has chosen a password long ago.
            account.password_hash, account.password_once = hashes[login], False
            account.password_on = civil_day(
                now()
            )  # of the machine, not of the story: it may be looked at later
            desk.session.add(account)
    _write(world, passwords | chosen)


def _write(world: World, passwords: dict[str, str]) -> None:
    names = {login: f"{name}（{holder}）" for login, holder, name in HOLDERS}
    lines = [
        f"{login:<12}{password:<20}{names.get(login, '管理员，首次登录须改密码')}"
        for login, password in passwords.items()
    ]
    handle = os.open(world.out / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
