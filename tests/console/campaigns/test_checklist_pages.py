"""A checklist on the page: kept as typed, told when two write, sent again without harm, handed in as a workbook is."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from sqlmodel import select

from models.campaign import CheckRecord, Finding
from models.checking import CheckAttachment, CheckDraft
from tests.console.campaigns.conftest import Browser, Town

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\xd4\x9as"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Sheet:
    """The checklist of a visit in somebody's browser."""

    def __init__(self, town: Town, who: str, unit: str = "D001") -> None:
        self.town, self.who, self.number = town, who, town.visit(unit)
        self.page, self.browser = f"/visits/{self.number}/checklist", town.browser(who)

    def type(self, place: str, value: str, seen: int = 0, key: str = "k") -> tuple[int, dict[str, Any]]:
        answer = self.browser.post(
            self.page, f"{self.page}/field", place=place, value=value, seen=seen, key=key
        )
        return answer.status_code, answer.json()

    def rows(self) -> list[Any]:
        return self.town.scene.rows(select(CheckDraft).order_by(CheckDraft.item))

    def fill(self) -> None:
        """Fail the first item with everything it needs, pass the others."""
        for number, item in enumerate(self.items()):
            self.type(f"{item}.1.result", "不合格" if number == 0 else "合格")
            self.type(f"{item}.1.day", self.day())
            self.type(f"{item}.1.inspector", self.who)
        first = self.items()[0]
        for field, value in (
            ("problem", "未公示"),
            ("facts", "查阅网站"),
            ("severity", "较重"),
            ("opinion", "确认"),
        ):
            self.type(f"{first}.1.{field}", value)

    def items(self) -> list[str]:
        with self.town.scene.open_desk(readonly=True) as desk:
            from casework.staff.teams import find_visit

            return find_visit(desk, self.number).items.split("、")

    def day(self) -> str:
        return next(v for v in self.town.scene.visits() if v.id == self.number).from_on.isoformat()


@pytest.fixture
def sheet(begun: Town) -> Sheet:
    return Sheet(begun, begun.team(begun.visit())[0])


def test_a_field_is_kept_as_it_is_typed(sheet: Sheet) -> None:
    item = sheet.items()[0]
    assert sheet.type(f"{item}.1.problem", "未公示执法信息") == (
        200,
        {"value": "未公示执法信息", "revision": 1, "by": sheet.who, "clash": False},
    )
    assert "未公示执法信息" in sheet.browser.get(sheet.page).text


def test_the_same_sending_twice_counts_once_also_after_a_later_one(sheet: Sheet) -> None:
    place = f"{sheet.items()[0]}.1.facts"
    sheet.type(place, "一", key="k1")
    sheet.type(place, "一二", seen=1, key="k2")

    assert sheet.type(place, "一", key="k1") == (
        200,
        {"value": "一二", "revision": 2, "by": sheet.who, "clash": False},
    )
    assert sheet.type(place, "一二", seen=1, key="k2")[1]["revision"] == 2
    assert [(row.value, row.revision) for row in sheet.rows()] == [("一二", 2)]


def test_two_people_do_not_overwrite_each_other_silently(sheet: Sheet, begun: Town) -> None:
    place = f"{sheet.items()[0]}.1.problem"
    other = Sheet(begun, begun.team(sheet.number)[1])
    sheet.type(place, "甲写的", key="a")

    code, told = other.type(place, "乙写的", key="b")
    assert (code, told["clash"], told["value"], told["by"]) == (409, True, "甲写的", sheet.who)
    assert sheet.rows()[0].value == "甲写的"
    assert other.type(place, "乙写的", seen=told["revision"], key="b")[0] == 200  # seen, and meant
    assert sheet.rows()[0].value == "乙写的"


def test_without_a_script_a_clash_shows_both_texts_and_keeps_the_rest(sheet: Sheet, begun: Town) -> None:
    item = sheet.items()[0]
    other = Sheet(begun, begun.team(sheet.number)[1])
    sheet.type(f"{item}.1.problem", "甲写的")

    fields = {f"v.{item}.1.problem": "乙写的", f"v.{item}.1.facts": "乙的事实", "seen": "", "part": ""}
    answer = other.browser.send(other.page, other.page, fields)

    assert answer.status_code == 409
    assert "甲写的" in answer.text
    assert ">乙写的</textarea>" in answer.text
    assert {row.field: row.value for row in sheet.rows()} == {"problem": "甲写的", "facts": "乙的事实"}


def test_saving_a_page_leaves_alone_what_was_not_touched(sheet: Sheet, begun: Town) -> None:
    item = sheet.items()[0]
    sheet.type(f"{item}.1.problem", "旧")
    page = sheet.browser.get(sheet.page).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    Sheet(begun, begun.team(sheet.number)[1]).type(f"{item}.1.problem", "新", seen=1, key="x")

    fields = {f"v.{item}.1.problem": "旧", f"v.{item}.1.facts": "补充", "seen": seen}
    assert sheet.browser.send(sheet.page, sheet.page, fields).status_code == 303
    assert {row.field: row.value for row in sheet.rows()} == {"problem": "新", "facts": "补充"}


@pytest.mark.parametrize(
    ("place", "value"), [("Z99.1.problem", "x"), ("{item}.1.nothing", "x"), ("{item}.99.problem", "x"),
                         ("{item}.1.problem", "字" * 5001), ("nonsense", "x")]
)  # fmt: skip
def test_what_the_checklist_does_not_have_is_refused(sheet: Sheet, place: str, value: str) -> None:
    code, told = sheet.type(place.format(item=sheet.items()[0]), value)

    assert code == 400
    assert told["error"]["what"]
    assert sheet.rows() == []


def test_a_text_marked_secret_is_refused_and_not_kept(sheet: Sheet) -> None:
    assert sheet.type(f"{sheet.items()[0]}.1.facts", "机密★10年")[0] in (400, 409)
    assert sheet.rows() == []


def test_handing_in_on_the_page_stores_what_the_workbook_would(begun: Town) -> None:
    left, right = (
        Sheet(begun, begun.team(begun.visit())[0]),
        Sheet(begun, begun.team(begun.visit("T001"))[0], "T001"),
    )
    for one in (left, right):
        one.fill()
    assert left.browser.post(left.page, f"/visits/{left.number}/submit").status_code == 303
    book = right.browser.get(f"/visits/{right.number}/workbook").content
    files = {"workbook": ("检查表.xlsx", BytesIO(book))}
    answer = right.browser.post(
        right.page, f"/visits/{right.number}/workbook", files=files, mode="submit", replace="1"
    )
    assert answer.status_code == 303, answer.text

    def told(number: int) -> list[tuple[Any, ...]]:
        rows = begun.scene.rows(select(CheckRecord).where(CheckRecord.visit_id == number))
        return [
            (r.position, r.result, r.problem, r.facts, r.severity, r.materials, r.unit_opinion) for r in rows
        ]

    wanted = ("failed", "未公示", "查阅网站", "major", "", "confirmed")
    assert told(left.number)[0][1:] == told(right.number)[0][1:] == wanted
    assert (
        {row[1] for row in told(left.number)[1:]} == {row[1] for row in told(right.number)[1:]} == {"passed"}
    )
    assert len(begun.scene.rows(select(Finding))) == 2
    assert all(visit.workbook_returned_on for visit in begun.scene.visits())


def test_every_mistake_is_told_at_its_row_and_nothing_is_handed_in(sheet: Sheet) -> None:
    first, second = sheet.items()[:2]
    sheet.type(f"{first}.1.result", "不合格")
    sheet.type(f"{second}.1.problem", "忘了选结果")
    answer = sheet.browser.post(sheet.page, f"/visits/{sheet.number}/submit", leave_open="1")

    assert answer.status_code == 400
    for words in (f"{first} 问题描述", f"{first} 单位意见", f"{second} 结果"):
        assert words in answer.text
    assert sheet.town.scene.rows(select(CheckRecord)) == []


def test_items_without_a_result_are_left_only_on_purpose(sheet: Sheet) -> None:
    first = sheet.items()[0]
    for field, value in (("result", "合格"), ("day", sheet.day()), ("inspector", sheet.who)):
        sheet.type(f"{first}.1.{field}", value)

    assert sheet.browser.post(sheet.page, f"/visits/{sheet.number}/submit").status_code == 409
    assert sheet.browser.post(sheet.page, f"/visits/{sheet.number}/submit", leave_open="1").status_code == 303
    results = {row.result for row in sheet.town.scene.rows(select(CheckRecord))}
    assert results == {"passed", "not_checked"}


def test_a_checklist_that_was_handed_in_takes_nothing_more(sheet: Sheet) -> None:
    sheet.fill()
    sheet.browser.post(sheet.page, f"/visits/{sheet.number}/submit")
    word = sheet.browser.word("/visits")
    fields = {"place": f"{sheet.items()[0]}.1.facts", "value": "迟了", "seen": "1", "_csrf": word}
    answer = sheet.browser.client.post(
        f"{sheet.page}/field", data=fields, headers={"origin": "http://127.0.0.1:8460"}
    )

    assert answer.status_code == 409
    assert "已经导入" in answer.json()["error"]["what"]


def upload(sheet: Sheet, name: str, content: bytes, position: int = 1) -> Any:
    files = [("files", (name, BytesIO(content)))]
    return sheet.browser.post(
        sheet.page,
        f"/visits/{sheet.number}/files",
        files=files,
        item=sheet.items()[0],
        position=str(position),
    )


def test_a_photo_is_kept_shown_and_goes_into_the_materials(sheet: Sheet) -> None:
    assert upload(sheet, "现场.png", PNG).status_code == 303
    picture = sheet.browser.get(f"/visits/{sheet.number}/files/1/picture")
    saved = sheet.browser.get(f"/visits/{sheet.number}/files/1")
    assert (picture.headers["content-type"], picture.content) == ("image/png", PNG)
    assert saved.headers["content-disposition"].startswith("attachment; ")

    sheet.fill()
    sheet.browser.post(sheet.page, f"/visits/{sheet.number}/submit")
    failed = [row for row in sheet.town.scene.rows(select(CheckRecord)) if row.result == "failed"]
    assert failed[0].materials == "现场.png"


@pytest.mark.parametrize(
    ("name", "content"),
    [("现场.png", b"<html>"), ("现场.jpg", PNG[:10]), ("运行.exe", b"MZ"), ("网页.html", b"<html>"),
     ("图.svg", b"<svg/>"), ("大图.png", PNG[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + PNG[24:]), ("空.png", b"")],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_refused(sheet: Sheet, name: str, content: bytes) -> None:
    assert upload(sheet, name, content).status_code == 400
    assert sheet.town.scene.rows(select(CheckAttachment)) == []


def test_a_file_larger_than_it_may_be_is_refused(sheet: Sheet) -> None:
    assert upload(sheet, "材料.pdf", b"%PDF-" + b"x" * (20 * 1024 * 1024)).status_code in (400, 413)
    assert sheet.town.scene.rows(select(CheckAttachment)) == []


def test_a_problem_takes_no_more_than_its_number_of_files(sheet: Sheet) -> None:
    codes = [upload(sheet, f"{n}.pdf", b"%PDF-" + str(n).encode()).status_code for n in range(13)]

    assert codes == [303] * 12 + [409]


def test_a_file_that_is_taken_off_is_no_longer_given(sheet: Sheet) -> None:
    upload(sheet, "现场.png", PNG)
    sheet.browser.post(sheet.page, f"/visits/{sheet.number}/files/1/remove")

    assert sheet.browser.get(f"/visits/{sheet.number}/files/1").status_code == 404
    assert sheet.town.scene.told("visit", sheet.number)[-2:] == ["attach", "detach"]


def test_a_workbook_is_read_into_the_page_only_when_what_was_typed_may_go(sheet: Sheet) -> None:
    sheet.fill()
    book = sheet.browser.get(f"/visits/{sheet.number}/workbook").content
    sheet.type(f"{sheet.items()[0]}.1.problem", "后来改的", seen=1, key="z")
    bring: dict[str, Any] = {"mode": "draft", "files": {"workbook": ("表.xlsx", BytesIO(book))}}
    kept = sheet.browser.post(sheet.page, f"/visits/{sheet.number}/workbook", **bring)
    bring["files"] = {"workbook": ("表.xlsx", BytesIO(book))}
    taken = sheet.browser.post(sheet.page, f"/visits/{sheet.number}/workbook", **bring, replace="1")

    assert (kept.status_code, taken.status_code) == (409, 303)
    assert [row.value for row in sheet.rows() if row.field == "problem"] == ["未公示"]


def test_the_workbook_of_another_visit_is_refused(sheet: Sheet, begun: Town) -> None:
    other = begun.browser("P90").get(f"/visits/{begun.visit('T001')}/workbook").content
    answer = begun.browser("P90").post(
        sheet.page, f"/visits/{sheet.number}/workbook", files={"workbook": ("表.xlsx", BytesIO(other))}
    )

    assert answer.status_code == 400
    assert "不是本次督察的检查表" in answer.text


def test_whoever_is_not_on_the_team_finds_no_visit(sheet: Sheet, begun: Town) -> None:
    away: Browser = begun.browser("P04" if "P04" not in begun.team(sheet.number) else "P02")
    if begun.team(begun.visit("T001")):
        away = begun.browser(begun.outsider())
    for part in ("", "/checklist", "/checklist/state", "/workbook", "/print", "/files/1", "/files/1/picture"):
        assert away.get(f"/visits/{sheet.number}{part}").status_code == 404
    fields = {"place": f"{sheet.items()[0]}.1.facts", "value": "x", "seen": "0"}
    assert away.send("/visits", f"{sheet.page}/field", fields).status_code == 404
    assert away.send("/visits", f"/visits/{sheet.number}/submit", {}).status_code == 404
    assert sheet.rows() == []


def test_the_state_tells_a_script_what_is_stored_and_for_whom(sheet: Sheet) -> None:
    place = f"{sheet.items()[0]}.1.note"
    sheet.type(place, "说明")
    told = sheet.browser.get(f"{sheet.page}/state").json()

    assert (told["user"], told["handed_in"]) == (sheet.who, False)
    assert told["fields"] == {place: ["说明", 1, sheet.who]}
    assert told["csrf"] == sheet.browser.word(sheet.page)
