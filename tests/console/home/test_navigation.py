"""Where the navigation and the today page lead: every place answers, whoever looks; none is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casework.holds import HOLD, end_hold
from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.rungs import SweepReport
from casework.sight import WHOLE_OFFICE
from casework.tasks import COMPARTMENT
from console.sections import SECTIONS, Sight
from core.access.permissions import GRANTS
from models.account import Account
from models.record import Note
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.console.conftest import NOW, TODAY, browser_of, sign_in
from tests.databases import open_database
from tests.make import make_person, store

ADMINS = {"sysadmin": "system_admin", "secadmin": "security_admin", "auditor": "audit_admin"}
HOLDERS = {
    "P90": {"officer"}, "L-DIRECTOR": {"director", "leader"}, "L-DEPUTY": {"director", "leader"},
    "L-SECTION": {"officer", "leader"}, "P07": {"reviewer"}, "P91": {"linkage"}, "P05": {"verifier"},
    "P02": {"inspector"}, "P01": {"inspector", "leader"}, "P08": {"leader"}, "D001:liaison": {"unit"},
    "D001:head": {"unit"}, **{login: {role} for login, role in ADMINS.items()},
}  # fmt: skip
LEFT_OUT = ("/static/", "/sign-out", "http:", "https:", "mailto:", "#", "tel:")


class Houses:
    """One filled county, and a browser for everybody in it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.settings = Settings(rules=Path("rules").resolve(), files=folder / "files", key_file=folder / "key",
                                 second_factor="none")  # fmt: skip
        self.engine = stack.enter_context(open_database("sqlite", folder))
        self.stack = stack
        self.known: dict[str, TestClient] = {}
        self.scene = Scene(open_desks_on(self.engine, self.settings), folder)

    def browser(self, holder: str) -> TestClient:
        if holder not in self.known:
            client = self.stack.enter_context(browser_of(self.engine, self.settings, None))
            client.cookies.set("ducha", sign_in(self.engine, self.settings, holder))
            self.known[holder] = client
        return self.known[holder]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """Give a county in the middle of its year: cases in many states, drafts, requests, a late unit."""
    with ExitStack() as stack:
        made = Houses(tmp_path_factory.mktemp("navigation"), stack)
        fill(made)
        yield made


def fill(house: Houses) -> None:
    scene, early = house.scene, date(2026, 4, 9)
    codes = scene.notify(("D001", "E24", "minor"), ("D001", "E18", "minor"), ("T001", "E19", "major"))
    scene.act(codes[0], "submit_plan", "D001:liaison", early, measures="补齐")
    scene.act(codes[1], "submit_plan", "D001:liaison", early, measures="补齐")
    scene.act(codes[1], "approve_plan", "P90", early)
    scene.act(codes[1], "apply_closure", "D001:liaison", early, note="完成", files=(scene.file(),))
    scene.act(codes[2], "object", "T001:liaison", early, note="认定有误")
    with scene.open_desk(today=TODAY) as desk:
        make_person(desk, "P08", roles="leader", unit_code="S001")
        for login, admin in ADMINS.items():
            store(desk, Account(office_id=desk.office_id, login=login, name=login, state="active", admin=admin,
                                opened_by="test", opened_on=TODAY))  # fmt: skip
    with scene.open_desk(today=TODAY) as desk:
        ids = [number for number, _shard in due_cases(desk.session, desk.office_id, desk.today)]
        sweep_batch(desk, ids, SweepReport(desk.today))


def links_of(page: str) -> list[str]:
    """Return the addresses that a page links to, within the console, without what follows a mark."""
    found = [unescape(one).partition("#")[0] for one in re.findall(r'<a [^>]*href="([^"]+)"', page)]
    return sorted({one for one in found if one and not one.startswith(LEFT_OUT)})


def followed(browser: TestClient, address: str) -> tuple[int, str, str]:
    """Open a page as a browser does; return its status, its text and where it ended."""
    for _ in range(5):
        answer = browser.get(address)
        if answer.status_code not in (302, 303, 307):
            return answer.status_code, answer.text, address
        address = answer.headers["location"]
    raise AssertionError(address)


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_link_of_the_navigation_and_of_the_pages_it_leads_to_answers(
    house: Houses, holder: str
) -> None:
    browser = house.browser(holder)
    status, first, _where = followed(browser, "/")
    assert status == 200
    wrong, seen = [], {"/"}
    second: set[tuple[str, str]] = set()
    for address in links_of(first):
        seen.add(address)
        status, page, _where = followed(browser, address)
        if status >= 400:
            wrong.append(f"/ -> {address}: {status}")
        elif "<html" in page[:200]:
            second |= {(address, link) for link in links_of(page)}
    for source, address in sorted(second, key=lambda pair: pair[1]):
        if address in seen:
            continue
        seen.add(address)
        status, _page, _where = followed(browser, address)
        if status >= 400:
            wrong.append(f"{source} -> {address}: {status}")
    assert wrong == []


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_place_that_is_for_somebody_is_in_their_navigation_and_no_other(
    house: Houses, holder: str
) -> None:
    browser = house.browser(holder)
    _status, first, _where = followed(browser, "/")
    heads = set(
        re.findall(r'href="([^"]+)"', first.partition('aria-label="主导航"')[2].partition("</nav>")[0])
    )
    reached = set(heads)
    for address in heads:
        page = followed(browser, address)[1]
        inner = page.partition('class="subnav"')[2].partition("</nav>")[0]
        reached |= set(re.findall(r'href="([^"]+)"', inner))
    seen = {Sight.ANY}
    if HOLDERS[holder] & (WHOLE_OFFICE | {"unit"}):  # a unit sees all that there is for it
        seen.add(Sight.OFFICE)
    if HOLDERS[holder] & COMPARTMENT:
        seen.add(Sight.COMPARTMENT)
    wanted = {place.address for section in SECTIONS for place in section.places
              if GRANTS[place.permission] & HOLDERS[holder] and place.sight in seen}  # fmt: skip
    assert reached == wanted
    for section in SECTIONS:
        for place in section.places:
            status = followed(browser, place.address)[0]
            open_to = place.address in wanted
            assert (status == 200) if open_to else (status in (200, 403)), (place.address, status)


def test_the_day_of_the_world_is_the_day_of_the_pages(house: Houses) -> None:
    """Otherwise nothing of the filled county would show and the walk above would be empty."""
    assert NOW.date() == TODAY
    assert "待" in house.browser("L-DIRECTOR").get("/").text


def test_while_ducha_is_held_every_page_says_so_to_the_office_and_none_to_a_unit(house: Houses) -> None:
    with house.scene.open_desk() as desk:
        store(desk, Note(name=HOLD, value="2026-02-05 01:59由备份恢复"))
    try:
        for holder in ("P90", "L-DIRECTOR"):
            for page in ("/", "/ledger", "/documents"):
                assert (
                    "系统处于暂停状态</strong>（2026-02-05 01:59由备份恢复）"
                    in house.browser(holder).get(page).text
                )
        of_a_unit = house.browser("D001:liaison").get("/portal").text
        assert "退出" in of_a_unit
        assert "暂停状态" not in of_a_unit
    finally:
        with house.scene.open_desk() as desk:
            end_hold(desk, "2026-02-05 01:59由备份恢复")
    assert "暂停状态" not in house.browser("P90").get("/").text
