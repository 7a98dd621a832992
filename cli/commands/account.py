"""Accounts of the console, managed on the machine itself: the first administrators, and when nobody can sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.edge import emit, reading, writing

group = typer.Typer(help="控制台账号：三员开设、授权、停用；首次使用先 init", no_args_is_help=True)
Login = Annotated[str, typer.Argument(metavar="登录名")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="account")


@group.command("init", help="开设系统、安全、审计三名管理员，显示一次性密码；已有管理员的不再开设")
def init() -> None:
    from casework.accounts.register import first_administrators

    with writing() as desk:
        result = [
            {"login": login, "password": password} for login, password in first_administrators(desk).items()
        ]
    emit(result)


@group.command("open", help="开设账号（系统管理员），显示一次性密码")
def open_(login: Login, name: Annotated[str, typer.Option("--name", help="姓名或岗位")]) -> None:
    from casework.accounts.register import open_account

    with writing() as desk:
        account, password = open_account(desk, login, name)
        result = {"login": account.login, "password": password, "state": account.state}
    emit(result)


@group.command("grant", help="授权账号以某人身份办理（安全管理员）")
def grant(
    login: Login, holder: Annotated[str, typer.Option("--holder", help="P053、L-DIRECTOR 或 D001:liaison")]
) -> None:
    from casework.accounts.register import grant_account

    with writing() as desk:
        account = grant_account(desk, login, holder)
        result = {"login": account.login, "holder": account.holder, "state": account.state}
    emit(result)


@group.command("disable", help="停用账号，写明理由")
def disable(
    login: Login, reason: Annotated[str, typer.Option("--reason", "--note", help="理由")] = ""
) -> None:
    from casework.accounts.register import disable_account

    with writing() as desk:
        result = {"login": login, "state": disable_account(desk, login, reason).state}
    emit(result)


@group.command("enable", help="启用停用的账号，须重新授权")
def enable(login: Login) -> None:
    from casework.accounts.register import enable_account

    with writing() as desk:
        account, password = enable_account(desk, login)
        result = {"login": login, "state": account.state, "password": password}
    emit(result)


@group.command("close", help="注销停用的账号，登录名不再使用")
def close(login: Login) -> None:
    from casework.accounts.register import close_account

    with writing() as desk:
        result = {"login": login, "state": close_account(desk, login).state}
    emit(result)


@group.command("reset", help="重置密码和动态验证码，显示一次性密码")
def reset(login: Login) -> None:
    from casework.accounts.register import reset_password

    with writing() as desk:
        result = {"login": login, "password": reset_password(desk, login)}
    emit(result)


@group.command("unlock", help="解除锁定")
def unlock(login: Login) -> None:
    from casework.accounts.register import unlock_account

    with writing() as desk:
        result = {"login": login, "state": unlock_account(desk, login).state}
    emit(result)


@group.command("list", help="列出账号（三员）")
def list_() -> None:
    from casework.accounts.register import list_accounts

    with reading() as desk:
        result = [
            {
                "login": one.login,
                "name": one.name,
                "state": one.state,
                "admin": one.admin,
                "holder": one.holder,
                "locked_until": one.locked_until.isoformat() if one.locked_until else None,
                "last_seen_at": one.last_seen_at.isoformat() if one.last_seen_at else None,
            }
            for one in list_accounts(desk)
        ]
    emit(result)
