"""Settings: environment over file over default, each with its source, secrets masked, mistakes named."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from system.paths import RULES_DIR, read_texts
from system.settings import Settings, describe_settings, load_settings


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DUCHA_{name.upper()}", raising=False)


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ducha.toml").write_text('office = "a"\nbatch = 50\n', encoding="utf-8")
    monkeypatch.setenv("DUCHA_OFFICE", "b")
    settings = load_settings(tmp_path)
    assert (settings.office, settings.batch, settings.port, settings.rules) == ("b", 50, 8460, RULES_DIR)
    sources = {row.name: row.source for row in describe_settings(tmp_path)}
    assert (sources["office"], sources["batch"], sources["port"]) == ("DUCHA_OFFICE", "ducha.toml", "默认值")


def test_secrets_are_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUCHA_SMTP_URL", "smtp://user:hidden@mail.example:25")
    monkeypatch.setenv("DUCHA_DATABASE_URL", "postgresql+psycopg://ducha:hidden@db.example/ducha")
    rows = {row.name: row.value for row in describe_settings(tmp_path)}
    assert rows["smtp_url"] == "******"
    assert rows["database_url"] == "postgresql+psycopg://ducha:******@db.example/ducha"
    assert "hidden" not in str(describe_settings(tmp_path)) + repr(load_settings(tmp_path).smtp_url)


def test_an_address_without_secret_is_shown_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("sqlite:///var/x.db", "postgresql+psycopg://ducha@db.example/ducha"):
        monkeypatch.setenv("DUCHA_DATABASE_URL", url)
        assert {row.name: row.value for row in describe_settings(tmp_path)}["database_url"] == url


@pytest.mark.parametrize(("name", "value"), [("BATCH", "0"), ("PORT", "web"), ("SMTP_TIMEOUT", "-1")])
def test_a_wrong_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"DUCHA_{name}", value)
    with pytest.raises(InvalidInput) as refused:
        load_settings(tmp_path)
    assert f"DUCHA_{name}" in refused.value.found
    assert value in refused.value.found


def test_an_unknown_key_and_broken_toml_are_named(tmp_path: Path) -> None:
    file = tmp_path / "ducha.toml"
    file.write_text("colour = 1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="设置不正确") as unknown:
        load_settings(tmp_path)
    assert "colour" in unknown.value.remedy.lower()
    file.write_text("office = \n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="TOML"):
        load_settings(tmp_path)


def test_without_anything_the_defaults_hold_in_the_present_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()


def test_texts_are_read_with_their_relative_paths(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x.yaml").write_text("一", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("二", encoding="utf-8")
    (tmp_path / "a.txt").write_text("三", encoding="utf-8")
    assert read_texts(tmp_path, ".yaml") == {"a.yaml": "二", "b/x.yaml": "一"}
