"""The archive in the console: packed as long work, checked, numbered under an agreed plan, destroyed by two persons."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.archive.archiving import find_file
from casework.archive.packages import pack_and_keep, read_package, verify_package
from casework.desk import Desk, at_desk
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotFound
from core.life.rectification import CaseState
from system.paths import RULES_DIR
from system.settings import Settings
from tests.console.acting import outcome_of, send
from tests.console.conftest import NOW, TODAY, browser_of
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.databases import USUAL, open_database
from tests.make import make_campaign, make_finding_and_case, make_person, make_unit

CODE = "2026-ZH-01-D001-01"
AGREED = "approval: {by: 示例县档案局, document: 示档函〔2026〕3号, on: 2026-01-15}\nfonds: '0123'\n"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[tuple[sa.Engine, Settings]]:
    """Give a database with a closed case, and rules of its own."""
    shutil.copytree(RULES_DIR, tmp_path / "rules")
    settings = Settings(rules=tmp_path / "rules", files=tmp_path / "files")
    with open_database(USUAL, tmp_path) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            make_person(desk, "P90", roles="officer")
            make_person(desk, "P91", roles="linkage")
            closed = {"state": CaseState.CLOSED.value, "closed_on": date(2026, 6, 1), "percent": 100}
            make_finding_and_case(desk, make_campaign(desk), make_unit(desk), CODE, **closed)
        yield engine, settings


@pytest.fixture
def browser(county: tuple[sa.Engine, Settings]) -> Iterator[TestClient]:
    """Give a browser of an officer."""
    with browser_of(*county, "P90") as opened:
        yield opened


def open_desk(county: tuple[sa.Engine, Settings], by: str = "P90") -> AbstractContextManager[Desk]:
    return at_desk(*county, by=by, today=TODAY, now=NOW)


def test_a_closed_case_is_packed_downloaded_and_checked(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    assert CODE in browser.get("/archive").text
    assert send(browser, "/archive", "/archive/pack", {}).status_code == 400
    page = outcome_of(browser, send(browser, "/archive", "/archive/pack", {"ready": f"case:{CODE}"}))
    assert "已装卷1件" in page.text, page.text
    for address in ("/archive", "/archive/1", "/archive?state=packed", "/archive?pile=expired&q=x"):
        with queries_of(county[0]) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200, answer.text
        assert len(queries) <= MOST_QUERIES
        assert len(answer.content) < MOST_BYTES
    package = browser.get("/archive/1/package")
    assert package.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert any(name.endswith("SHA256SUMS") for name in archive.namelist())
    assert "全部相符" in outcome_of(browser, send(browser, "/archive/1", "/archive/1/verify")).text


def test_a_changed_package_is_told_file_by_file(county: tuple[sa.Engine, Settings]) -> None:
    with open_desk(county) as desk:
        pack_and_keep(desk, "case", CODE)
        _name, content = read_package(desk, 1)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name.endswith("index.html") else b""))
    with open_desk(county) as desk:
        assert any("内容改动" in problem for problem in verify_package(desk, 1, out.getvalue()).problems)
        with pytest.raises(InvalidInput):
            verify_package(desk, 1, b"no package")
        with pytest.raises(NotFound):
            read_package(desk, 99)


def test_packing_again_replaces_the_kept_package(county: tuple[sa.Engine, Settings]) -> None:
    with open_desk(county) as desk:
        pack_and_keep(desk, "case", CODE)
    with open_desk(county) as desk:
        pack_and_keep(desk, "case", CODE)
    with open_desk(county) as desk:
        assert verify_package(desk, 1).ok
        frozen = next(one for one in examine(desk).as_dict()["invariants"] if one["id"] == "INV-11")
        assert frozen["broken"] == 0


def test_an_unknown_state_of_the_archive_and_another_role_are_refused(
    browser: TestClient, county: tuple[sa.Engine, Settings]
) -> None:
    assert browser.get("/archive?state=x").status_code == 400
    assert browser.get("/archive/9").status_code == 404
    assert browser.get("/archive/9/package").status_code == 404
    with browser_of(*county, "D001:liaison") as unit, browser_of(*county, "P91") as linkage:
        assert unit.get("/archive").status_code == 403
        assert linkage.get("/archive").status_code == 403
    open_case = send(browser, "/archive", "/archive/pack", {"subject": "campaign", "codes": "2026-ZH-01"})
    assert "尚未办结" in outcome_of(browser, open_case).text


def test_a_file_is_numbered_appraised_by_one_and_destroyed_by_another(
    county: tuple[sa.Engine, Settings],
) -> None:
    with browser_of(*county, "P90") as browser:
        outcome_of(browser, send(browser, "/archive", "/archive/pack", {"subject": "case", "codes": CODE}))
        assert (
            send(browser, "/archive", "/archive/1/file").status_code == 409
        )  # nobody agreed to the plan yet
    plan = county[1].rules / "archives" / "county.yaml"
    lines = [
        one
        for one in plan.read_text(encoding="utf-8").splitlines()
        if not one.startswith(("approval:", "fonds:"))
    ]
    plan.write_text("\n".join(lines) + f"\n{AGREED}", encoding="utf-8")
    with browser_of(*county, "P90") as browser, browser_of(*county, "L-DIRECTOR") as head:
        answer = send(browser, "/archive", "/archive/1/file")
        assert answer.status_code == 303, answer.text
        early = {"appraise_note": "无保存价值"}
        assert send(browser, "/archive", "/archive/1/appraise", early).status_code == 409  # its term runs
        with open_desk(county) as desk:
            row = find_file(desk, 1)
            row.retention, row.kept_until = "years_10", date(2026, 1, 1)
            desk.session.add(row)
        assert "保管期满" in browser.get("/archive?pile=expired").text
        assert send(browser, "/archive", "/archive/1/appraise", early).status_code == 303
        verdict = {"verdict": "destroy", "decide_note": "同意销毁"}
        assert send(browser, "/archive", "/archive/1/decide", verdict).status_code == 403
        assert send(head, "/archive", "/archive/1/decide", {"verdict": "x"}).status_code == 400
        assert send(head, "/archive", "/archive/1/decide", verdict).status_code == 303
        assert head.get("/archive/1/package").status_code == 404
        assert "已销毁" in head.get("/archive/1").text
    assert not [path for path in county[1].files.rglob("*") if path.is_file() and zipfile.is_zipfile(path)]
