"""What holds around every page: TLS, secrets in files, passwords that age, sessions that end with a post."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import col, select

from casework.accounts.sessions import visitor_of
from casework.desk import at_desk
from casework.staff.parties import import_people
from console.app import create_app
from core.errors import InvalidInput
from models.account import Account
from system.secretfiles import read_secret
from system.settings import Settings, describe_settings, load_settings
from tests.console.conftest import NOW, TODAY, settings_in, sign_in
from tests.make import make_person, make_unit


def test_browsers_that_come_by_tls_are_told_to_stay_with_it(bare: sa.Engine, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    plain = TestClient(create_app(bare, settings, clock=lambda: NOW), base_url="http://127.0.0.1:8460")
    assert "strict-transport-security" not in plain.get("/sign-in").headers
    secure = settings.model_copy(update={"address": "https://ducha.example"})
    client = TestClient(create_app(bare, secure, clock=lambda: NOW), base_url="https://ducha.example")
    assert client.get("/sign-in").headers["strict-transport-security"].startswith("max-age=31536000")
    assert client.get("/api/v1/me").headers["strict-transport-security"]
    assert client.get("/sign-in", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("mode", "text", "what"), [
    (0o644, "geheim", "可被他人读取"), (0o600, "", "不正确"), (0o600, "zwei\nZeilen", "不正确"),
])  # fmt: skip
def test_a_secret_file_is_one_line_for_its_owner_alone(
    tmp_path: Path, mode: int, text: str, what: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(InvalidInput, match=what):
        read_secret(file)
    with pytest.raises(InvalidInput, match="读不到"):
        read_secret(tmp_path / "missing")


def test_addresses_with_passwords_may_stand_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "smtp"
    file.write_text("smtps://ducha:geheim@mail.example:465\n")
    file.chmod(0o600)
    monkeypatch.delenv("DUCHA_SMTP_URL", raising=False)
    monkeypatch.setenv("DUCHA_SMTP_URL_FILE", str(file))
    settings = load_settings(tmp_path)
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == "smtps://ducha:geheim@mail.example:465"
    shown = {row.name: row for row in describe_settings(tmp_path)}
    assert shown["smtp_url"].source == f"文件 {file}"
    assert "geheim" not in str(shown)


def test_a_password_that_has_served_its_days_only_serves_to_choose_another(
    bare: sa.Engine, settings: Settings
) -> None:
    token = sign_in(bare, settings, "L-DIRECTOR")
    with at_desk(bare, settings, by=None, today=TODAY, now=NOW) as desk:
        row = desk.session.exec(select(Account)).one()
        row.password_hash, row.password_on = "x", TODAY - timedelta(days=90)
        desk.session.add(row)
        desk.session.flush()
        visitor = visitor_of(desk.session, settings, token, NOW)
        assert visitor is not None
        assert not visitor.once
        row.password_on = TODAY - timedelta(days=91)
        desk.session.add(row)
        desk.session.flush()
        old = visitor_of(desk.session, settings, token, NOW)
        assert old is not None
        assert old.once
        free = settings.model_copy(update={"password_days": 0})
        never = visitor_of(desk.session, free, token, NOW)
        assert never is not None
        assert not never.once


def test_whose_roles_change_signs_in_anew(bare: sa.Engine, settings: Settings, tmp_path: Path) -> None:
    with at_desk(bare, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
        make_unit(desk, "S001")
        make_person(desk, "P01", roles="inspector", unit_code="S001")
        make_person(desk, "P02", roles="inspector", unit_code="S001")
    tokens = {code: sign_in(bare, settings, code) for code in ("P01", "P02")}
    file = tmp_path / "人员.csv"
    file.write_text(
        "编号,姓名,工作单位编码,曾任单位编码,专业,邮箱,角色\n"
        "P01,甲,S001,,,p01@shilixian.example,officer\nP02,乙,S001,,,p02@shilixian.example,inspector\n",
        encoding="utf-8",
    )
    with at_desk(bare, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
        import_people(desk, file)
        kept = {
            code: visitor_of(desk.session, settings, token, NOW) is not None for code, token in tokens.items()
        }
        holders = desk.session.exec(select(Account.holder).order_by(col(Account.holder))).all()
    assert kept == {"P01": False, "P02": True}
    assert holders == ["P01", "P02"]
