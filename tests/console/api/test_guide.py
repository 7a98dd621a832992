"""Every call of the guide in docs/api.md does what the guide says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from httpx import Response

from console.api.document import FILE
from console.api.guide import HEAD
from console.api.kinds import KINDS
from tests.console.api.conftest import Caller, Office

CALLS = [one for one in re.findall(r"```sh\n(.*?)```", HEAD, re.DOTALL) if one.startswith("curl")]
UNITS = "单位编码,单位名称,类别,上级编码,联络员,联络员邮箱,负责人,负责人邮箱,分管领导,分管领导邮箱\n"


def run(caller: Caller, command: str, folder: Path) -> Response:
    """Do what a curl command of the guide does; anything that is not understood here fails."""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    headers: dict[str, str] = {}
    method, address, body = "GET", "", ""
    data: dict[str, str] = {}
    files = []
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value.replace("$KEY", caller.key)
        elif word == "-d":
            method, body = "POST", next(words)
        elif word == "-F":
            method = "POST"
            name, _, value = next(words).partition("=")
            if value.startswith("@"):
                files.append((name, (value[1:], (folder / value[1:]).read_bytes())))
            else:
                data[name] = value
        elif word != "-i":
            address = word
    assert address.startswith("$HOST/api/v1/")
    return caller.client.request(
        method, address.removeprefix("$HOST"), headers=headers, content=body or None, data=data or None,
        files=files or None,
    )  # fmt: skip


def test_the_document_names_every_kind_of_problem() -> None:
    told = FILE.read_text(encoding="utf-8")
    assert [one.type for one in KINDS.values() if f"`{one.type}`" not in told] == []


@pytest.mark.parametrize("command", CALLS)
def test_a_call_of_the_guide_does_what_it_says(office: Office, command: str, tmp_path: Path) -> None:
    row = "D900,示例县示例局,政府部门,,联络员,d900@shilixian.example,负责人,,,\n"
    (tmp_path / "units.csv").write_text(UNITS + row, encoding="utf-8")
    answer = run(office.caller("L-DIRECTOR"), command, tmp_path)
    if "2026-ZH-99" in command:  # the guide shows an error there
        assert answer.json()["type"] == KINDS["not-found"].type
        return
    assert answer.status_code == 200, answer.text
    if "limit=2" in command and "after" not in command:
        assert answer.links["next"]["url"].startswith("/api/v1/findings?limit=2&after=")
    if "preview" in command:
        assert answer.json()["held"]


def test_the_guide_shows_every_way_of_calling() -> None:
    assert len(CALLS) >= 8
    for wanted in ("If-None-Match", "Idempotency-Key", "limit=2", "-F ", "openapi.json"):
        assert any(wanted in one for one in CALLS), wanted
