"""Signing in by an identity provider: the right answer lets in, every other one does not, and no account is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from joserfc.jwk import OctKey, RSAKey
from sqlmodel import col, select

from casework.accounts.overview import bind_subject
from casework.desk import Actor, at_desk
from console.app import create_app
from core.errors import InvalidInput
from models.account import Account, WebSession
from system.settings import Settings
from tests.console.conftest import NOW, TODAY, settings_in, sign_in
from tests.console.system.provider import CLIENT, SECRET, IdentityProvider, serving

BASE = "http://127.0.0.1:8460"
SYSADMIN = Actor("@sysadmin", "系统管理员", frozenset({"system_admin"}))


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with serving(NOW) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, provider: IdentityProvider) -> Settings:
    secret = tmp_path / "oidc"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    return settings_in(tmp_path).model_copy(
        update={
            "key_file": tmp_path / "key", "oidc_issuer": provider.issuer, "oidc_client_id": CLIENT,
            "oidc_secret_file": secret,
        }
    )  # fmt: skip


@pytest.fixture
def browser(bare: sa.Engine, settings: Settings) -> TestClient:
    with at_desk(bare, settings, by=None, today=TODAY, now=NOW):
        pass  # the office
    sign_in(bare, settings, "L-DIRECTOR")
    with at_desk(bare, settings, by=SYSADMIN, today=TODAY, now=NOW) as desk:
        bind_subject(desk, "l-director", "u-1001")
    app = create_app(bare, settings, clock=lambda: NOW)
    return TestClient(app, base_url=BASE, follow_redirects=False)


def come_back(browser: TestClient, provider: IdentityProvider, **other: str) -> Response:
    """Start at the sign-in page, sign in at the provider, and come back with its answer, some of it changed."""
    gone = browser.get("/sign-in/oidc?next=/ledger")
    assert gone.status_code == 303, gone.text
    answer = provider.authorise(gone.headers["location"]) | other
    return browser.get("/sign-in/oidc/back", params=answer)


def test_the_button_is_there_only_where_a_provider_is_set(
    bare: sa.Engine, browser: TestClient, tmp_path: Path
) -> None:
    assert "使用统一身份认证登录" in browser.get("/sign-in").text
    plain = TestClient(create_app(bare, settings_in(tmp_path), clock=lambda: NOW), base_url=BASE)
    assert "统一身份认证" not in plain.get("/sign-in").text
    assert plain.get("/sign-in/oidc").status_code == 404
    assert plain.get("/sign-in/oidc/back").status_code == 404


def test_whoever_the_provider_vouches_for_is_let_in_as_the_account_that_is_bound(
    bare: sa.Engine, browser: TestClient, provider: IdentityProvider, settings: Settings
) -> None:
    answer = come_back(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ledger")
    assert browser.get("/ledger").status_code == 200
    with at_desk(bare, settings, by=None, today=TODAY, now=NOW) as desk:
        row = desk.session.exec(select(WebSession).order_by(col(WebSession.id).desc())).first()
        assert row is not None
        assert row.way == "oidc"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"nonce": "another"}, "不符"),
        ({"aud": "another"}, "不符"),
        ({"iss": "https://evil.example"}, "不符"),
        ({"exp": 1}, "过期"),
        ({"azp": "another"}, "其他系统"),
    ],
)
def test_an_answer_for_another_sign_in_or_another_system_is_refused(
    browser: TestClient, provider: IdentityProvider, claims: dict[str, object], said: str
) -> None:
    provider.claims = claims
    answer = come_back(browser, provider)
    assert answer.status_code == 403
    assert said in answer.text
    assert browser.get("/ledger").status_code == 303


def test_a_foreign_signature_and_a_shared_secret_are_refused(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    answer = come_back(browser, provider)
    assert answer.status_code == 403
    assert "签名不正确" in answer.text
    provider.signing, provider.algorithm = (
        OctKey.import_key("ein-geteiltes-geheimnis-von-32-zeichen"),
        "HS256",
    )
    assert come_back(browser, provider).status_code == 403


def test_an_answer_that_was_not_asked_for_is_refused(browser: TestClient, provider: IdentityProvider) -> None:
    assert browser.get("/sign-in/oidc/back?code=c&state=s").status_code == 403
    assert come_back(browser, provider, state="another").status_code == 403
    assert come_back(browser, provider, iss="https://evil.example").status_code == 403
    assert come_back(browser, provider, code="another").status_code == 403
    assert come_back(browser, provider, error="access_denied").status_code == 403
    good = come_back(browser, provider)
    assert good.status_code == 303
    used = dict(provider.asked)
    assert (
        browser.get("/sign-in/oidc/back", params={"code": "code-0", "state": used["state"]}).status_code
        == 403
    )


def test_nobody_gets_an_account_by_the_provider(
    bare: sa.Engine, browser: TestClient, provider: IdentityProvider, settings: Settings
) -> None:
    provider.subject = "u-2002"
    answer = come_back(browser, provider)
    assert answer.status_code == 403
    assert "没有绑定可用的账号" in answer.text
    with at_desk(bare, settings, by=None, today=TODAY, now=NOW) as desk:
        rows = desk.session.exec(select(Account)).all()
        assert [row.login for row in rows] == ["l-director"]
        rows[0].state, rows[0].holder = "disabled", None
        desk.session.add(rows[0])
    provider.subject = "u-1001"
    assert come_back(browser, provider).status_code == 403


def test_a_subject_is_bound_to_one_account_only(
    bare: sa.Engine, browser: TestClient, settings: Settings
) -> None:
    sign_in(bare, settings, "L-DEPUTY")
    with (
        at_desk(bare, settings, by=SYSADMIN, today=TODAY, now=NOW) as desk,
        pytest.raises(InvalidInput, match="已绑定"),
    ):
        bind_subject(desk, "l-deputy", "u-1001")


def test_a_provider_that_does_not_answer_leaves_the_password(
    bare: sa.Engine, browser: TestClient, settings: Settings
) -> None:
    gone = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    client = TestClient(create_app(bare, gone, clock=lambda: NOW), base_url=BASE)
    answer = client.get("/sign-in/oidc")
    assert answer.status_code == 503
    assert "暂时不可用" in answer.text
    assert 'name="password"' in answer.text
    unsafe = settings.model_copy(update={"oidc_issuer": "http://idp.example"})
    client = TestClient(create_app(bare, unsafe, clock=lambda: NOW), base_url=BASE)
    assert "不安全" in client.get("/sign-in/oidc").text
