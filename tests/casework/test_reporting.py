from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO

import pytest

from casework.counts.statistics import count
from casework.desk import Desk
from casework.reports.issuing import end_report, issue_report, keep_report, print_composed, print_report
from casework.reports.periods import close_period
from casework.reports.reporting import compose_bulletin, compose_campaign, compose_period
from core.calendar.periods import PeriodKind
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.test_indicators import populate


def text_of(docx: bytes) -> str:
    with zipfile.ZipFile(BytesIO(docx)) as whole:
        return whole.read("word/document.xml").decode()


def pictures_of(docx: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(docx)) as whole:
        assert whole.testzip() is None
        return [name for name in whole.namelist() if name.startswith("word/media/")]


def test_the_report_of_a_campaign_has_its_numbers_and_its_plots_in_a_word_file(desk: Desk) -> None:
    populate(desk)
    composed = compose_campaign(desk, "2026-ZH-01")
    docx = print_composed(desk, composed)
    text = text_of(docx)
    assert pictures_of(docx) == [f"word/media/plot{n}.png" for n in (1, 2, 3)]
    assert "⟦" not in text
    assert "示例县T001局" in text
    assert "移送" not in text
    assert print_composed(desk, composed) == docx


def test_the_report_on_rectification_lists_what_is_done_and_what_is_not(desk: Desk) -> None:
    populate(desk)
    text = text_of(print_composed(desk, compose_campaign(desk, "2026-ZH-01", "rectification")))
    assert "Q2" in text
    assert "Q1" in text


def test_a_bulletin_ranks_the_units_and_tells_what_recurs(desk: Desk) -> None:
    populate(desk)
    text = text_of(print_composed(desk, compose_bulletin(desk, campaign="2026-ZH-01")))
    assert "县级法治督察单位评价计分规则" in text
    assert "移送" not in text
    with pytest.raises(InvalidInput):
        compose_bulletin(desk)


def test_a_closed_period_is_reported_with_its_closed_numbers(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        populate(desk)
        close_period(desk, PeriodKind.HALF_MONTH, date(2026, 6, 1))
        make.make_rung(
            desk, make.make_finding_and_case(desk, make.make_campaign(desk, "X"), make.make_unit(desk, "X1"), "X"),
            Light.BLACK, date(2026, 6, 2),
        )  # fmt: skip
    with open_desk(by="L-DIRECTOR", readonly=True) as desk:
        text = text_of(print_composed(desk, compose_period(desk, PeriodKind.HALF_MONTH, date(2026, 6, 1))))
        cells = re.findall(r"<w:t[^>]*>([^<]*)</w:t>", text)
        assert cells[cells.index("亮灯") + 1] == "1次"
        assert "已于2026-06-30结账" in text


def test_the_yearly_report_has_the_five_fixed_parts_and_nothing_of_linkage(desk: Desk) -> None:
    populate(desk)
    composed = compose_period(desk, PeriodKind.YEAR, date(2023, 5, 1))
    text = text_of(print_composed(desk, composed))
    for part in (
        "主要举措和成效", "存在的不足和原因", "第一责任人职责情况", "下一年度工作安排", "其他需要报告的情况",
    ):  # fmt: skip
        assert part in text
    assert "请填写" in text
    assert "移送" not in text


def test_bulletins_are_numbered_by_year_when_the_director_issues_them(open_desk: OpenDesk) -> None:
    with open_desk() as desk:
        populate(desk)
        make.make_person(desk, "P90", roles="officer")
    with open_desk(by="P90") as desk:
        ids = [keep_report(desk, compose_bulletin(desk, campaign="2026-ZH-01")).id or 0 for _ in range(3)]
    with open_desk(by="P90") as desk, pytest.raises(NotAllowed):
        issue_report(desk, ids[0])
    with open_desk(by="L-DIRECTOR") as desk:
        assert issue_report(desk, ids[1]).issue == 1
        end_report(desk, ids[1], "数字有误")
        assert issue_report(desk, ids[0]).issue == 2
        end_report(desk, ids[2], "不再需要")
        with pytest.raises(IllegalMove):
            issue_report(desk, ids[2])
        with pytest.raises(InvalidInput):
            end_report(desk, ids[0], " ")
    with open_desk(by="L-DIRECTOR", readonly=True) as desk:
        assert count(desk).value("bulletins.issued") == 1
        from casework.reports.issuing import find_report

        assert "2026年第2期" in text_of(print_report(desk, find_report(desk, ids[0])))
    with open_desk(by="T001:liaison", readonly=True) as desk:
        from casework.reports.issuing import list_reports

        assert list_reports(desk) == []
