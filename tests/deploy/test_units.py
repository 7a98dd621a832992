"""What deploy/ names exists: commands, options, settings, files; and systemd and compose can read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings import Settings as PrefectSettings
from pydantic import AliasChoices, BaseModel
from typer.testing import CliRunner

from cli.app import app
from system.paths import ROOT
from system.settings import PREFIX, Settings
from tests.flows.prefectserver import read_env_file

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
ENVS = sorted(DEPLOY.glob("*.env"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
# Read by programs that are not ours.
FOREIGN = {"DO_NOT_TRACK", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"}
LONG_RUNNING = {
    "ducha-console",
    "ducha-clock",
    "ducha-standby",
    "ducha-prefect-server",
    "ducha-prefect-worker",
}


def directives(path: Path) -> list[tuple[str, str]]:
    """Return (name, value) of every line of a unit."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]  # type: ignore[misc]  # two parts


def commands(path: Path) -> list[list[str]]:
    """Return what a unit runs, word by word."""
    return [value.lstrip("-+!").split() for name, value in directives(path) if name.startswith("Exec")]


def known_to_ducha(words: list[str]) -> bool:
    """Tell whether `ducha WORDS` is a command with these options."""
    names = [word for word in words if not word.startswith("-")]
    shown = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    options = {word for word in words if word.startswith("--")}
    return shown.exit_code == 0 and all(
        option in re.sub(r"\x1b\[[0-9;]*m", "", shown.output) for option in options
    )


def test_there_are_units_for_every_part() -> None:
    names = {path.name for path in UNITS}
    assert {f"{name}.service" for name in LONG_RUNNING} <= names
    assert {f"ducha-{name}.{kind}" for name in ("pulse", "backup") for kind in ("service", "timer")} <= names


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_every_command_of_a_unit_exists(unit: Path) -> None:
    for program, *words in commands(unit):
        if program.endswith("/ducha"):
            assert known_to_ducha(words), words
        elif program.endswith("/prefect"):
            assert words[0] in ("server", "worker", "work-pool")
        else:
            assert program == "/bin/sh"
            script = ROOT / Path(words[0]).relative_to("/opt/ducha")
            assert script.stat().st_mode & 0o100
            assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_every_file_of_settings_that_a_unit_reads_is_in_deploy(unit: Path) -> None:
    for name, value in directives(unit):
        if name == "EnvironmentFile":
            assert (DEPLOY / Path(value).name).is_file(), value


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_every_unit_is_shut_in_and_has_bounds(unit: Path) -> None:
    said = dict(directives(unit))
    assert said["User"] == "ducha"
    assert (said["NoNewPrivileges"], said["ProtectSystem"], said["UMask"]) == ("true", "strict", "0077")
    assert said["CapabilityBoundingSet"] == ""
    assert "MemoryMax" in said
    if unit.stem in LONG_RUNNING:
        assert said["Restart"] == "always"
        assert int(said["TimeoutStopSec"]) >= 30


def test_a_worker_drains_before_it_ends_and_has_the_time_for_it() -> None:
    said = dict(directives(DEPLOY / "systemd" / "ducha-prefect-worker.service"))
    script = (DEPLOY / "drain.sh").read_text(encoding="utf-8")
    patience = int(re.findall(r"-lt (\d+)", script)[0])
    assert "drain.sh $MAINPID" in said["ExecStop"]
    assert "work-pool resume ducha" in said["ExecStartPre"]
    assert int(said["TimeoutStopSec"]) > patience + 30  # seconds that pausing may take


@pytest.mark.parametrize("file", ENVS, ids=lambda path: path.name)
def test_every_setting_of_an_environment_file_exists(file: Path) -> None:
    prefect = set(prefect_names(PrefectSettings))
    own = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(read_env_file(file)) - own - prefect - FOREIGN == set()


def prefect_names(model: type[BaseModel]) -> Iterator[str]:
    """Yield every variable by which a setting of Prefect is known."""
    prefix = str(model.model_config.get("env_prefix") or "")
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}".upper()
        if isinstance(field.validation_alias, AliasChoices):
            yield from (
                choice.upper() for choice in field.validation_alias.choices if isinstance(choice, str)
            )
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from prefect_names(field.annotation)


def test_the_settings_of_the_example_are_valid() -> None:
    told = read_env_file(DEPLOY / "ducha.env")
    values = {name.removeprefix(PREFIX).lower(): value for name, value in told.items()}
    assert (
        Settings(**{name: value for name, value in values.items() if not name.endswith("_file")}).shards == 4
    )  # type: ignore[arg-type]  # pydantic reads the texts


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_can_read_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = re.sub(r"/opt/ducha/\.venv/bin/\w+", "/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "ducha-" in line and "EnvironmentFile" not in line]
    assert ours == []


def test_compose_refers_to_files_that_are_there() -> None:
    services = COMPOSE["services"]
    assert {
        "database",
        "prefect-database",
        "prefect",
        "worker",
        "console",
        "standby",
        "relay",
        "proxy",
    } == set(services)
    named = {file for service in services.values() for file in service.get("env_file", ())}
    mounted = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    files = {
        name
        for name in named | {one for one in mounted if one.startswith("./")}
        if "secrets" not in name and "tls" not in name
    }
    assert {name for name in files if not (DEPLOY / name).is_file()} == set()
    assert {one for one in mounted if not one.startswith("./")} <= set(COMPOSE["volumes"])
    build = services["console"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Containerfile"


@pytest.mark.parametrize("name", ["console", "standby", "worker", "prefect"])
def test_compose_runs_commands_that_exist(name: str) -> None:
    program, *words = COMPOSE["services"][name]["command"]
    assert known_to_ducha(words) if program == "ducha" else words[0] in ("server", "worker")


def test_every_setting_of_compose_exists() -> None:
    told = {name for service in COMPOSE["services"].values() for name in service.get("environment", ())}
    own = {PREFIX + name.upper() for name in Settings.model_fields}
    assert {name for name in told if name.startswith(PREFIX)} <= own


def test_the_proxy_passes_on_what_the_program_takes_its_addresses_from() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert f"proxy_pass http://127.0.0.1:{Settings.model_fields['port'].default};" in text
    assert "proxy_set_header Host $host;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text


@pytest.mark.parametrize(
    "book", [DEPLOY / "README.md", ROOT / "docs" / "zh" / "运行手册.md"], ids=["en", "zh"]
)
def test_every_command_and_file_of_the_runbooks_exists(book: Path) -> None:
    text = book.read_text(encoding="utf-8")
    for line in re.findall(r"(?:^|`)ducha ([^`\n#]+)", text, flags=re.MULTILINE):
        words = [word for word in line.split() if re.fullmatch(r"[a-z-]+", word)]
        assert known_to_ducha(
            words[:2] if CliRunner().invoke(app, [*words[:2], "--help"]).exit_code == 0 else words[:1]
        ), line
    for name in re.findall(r"\bducha-[a-z-]+\.(?:service|timer)", text):
        assert (DEPLOY / "systemd" / name).is_file(), name
    for variable in re.findall(r"DUCHA_[A-Z_]+", text):
        assert variable.removeprefix(PREFIX).lower() in Settings.model_fields, variable
