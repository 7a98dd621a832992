"""The report is one file that shows everything and fetches nothing."""

from __future__ import annotations

import dataclasses
import random
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jinja2 import DictLoader

from core.codes import Light
from core.errors import InvalidInput
from core.ladders.palette import DEFAULT, Palette
from delivery import report
from delivery.plots import ROWS_PER_PLOT, WIDTH, draw_bars, draw_curve, draw_heat, shorten
from delivery.report import HeatRow, ReportData, render_report
from tests.delivery.report_sample import make_problem, make_report


class Outline(HTMLParser):
    """Collects tags, addresses and whether every element is closed in order."""

    VOID = frozenset({"meta", "br", "link", "img", "hr", "input"})
    LEAF = frozenset({"line", "rect", "circle", "polygon", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in {"src", "href", "action", "xlink:href"}
        ]
        self.handlers += [name for name, _value in attrs if name.startswith("on") or name == "style"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(data: ReportData) -> Outline:
    reader = Outline()
    reader.feed(render_report(data))
    assert reader.open == []
    return reader


def test_a_report_is_one_well_formed_file_that_fetches_and_runs_nothing() -> None:
    text = render_report(make_report())
    seen = outline(make_report())
    assert text.startswith("<!DOCTYPE html>")
    assert seen.addresses == []
    assert seen.handlers == []
    assert not {"script", "link", "iframe", "object", "img"} & set(seen.seen)
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text


def test_equal_data_give_equal_text() -> None:
    assert render_report(make_report()) == render_report(make_report())


def test_every_plot_is_svg_whose_text_stays_text() -> None:
    plots = re.findall(r"<svg.*?</svg>", render_report(make_report()), re.DOTALL)
    assert len(plots) == 4
    for plot in plots:
        drawing = ET.fromstring(plot)  # noqa: S314  # our own text
        assert drawing.find("title") is not None
        assert drawing.findall("text")


def test_the_head_names_campaign_period_units_rules_and_calendar() -> None:
    text = render_report(make_report())
    for part in (
        "2026年度县直单位和乡镇（街道）法治督察", "2026年3月2日至2026年4月30日", "40家", "3f0a9c" * 10 + "beef",
        "5d1c09ab", "不作排名", "内部资料",
    ):  # fmt: skip
        assert part in text


def test_a_light_is_never_told_by_colour_alone() -> None:
    text = render_report(make_report())
    cells = re.findall(r'<rect class="(blue|yellow|orange|red|black)"', text)
    letters = re.findall(r'<text class="letter (\w+)"[^>]*>(.)</text>', text)
    assert cells
    assert sorted(cells) == sorted(colour for colour, _letter in letters)
    assert set(letters) <= {(light.value, DEFAULT.label(light)) for light in DEFAULT.lights}


def test_the_words_of_the_lights_are_those_of_the_ladder() -> None:
    own = Palette((Light.BLUE, Light.RED), {Light.BLUE: "蓝", Light.RED: "朱"}, {Light.RED: "挂牌督办"})
    data = make_report()
    line = dataclasses.replace(data.open_problems[0], light=Light.RED)
    hot = HeatRow("示例局", (Light.RED,) * len(data.weeks))
    text = render_report(dataclasses.replace(data, palette=own, open_problems=(line,), heat=(hot,), units=()))
    assert '<span class="lamp red" title="朱灯">朱</span>挂牌督办' in text
    assert "朱灯</title>" in text
    assert '<text class="letter red"' in text
    assert "橙" not in text
    assert "黑灯" not in text


def test_text_from_people_stays_text() -> None:
    evil = "<script>alert(1)</script>{{ 7 * 7 }}&\x0b"
    data = make_report()
    line = dataclasses.replace(data.open_problems[0], problem=evil, unit=evil)
    hot = HeatRow('"><b>', data.heat[0].lights)
    text = render_report(dataclasses.replace(data, open_problems=(line,), heat=(hot,)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}&amp; " in text
    assert "<script" not in text
    assert '"><b>' not in text
    assert "\x0b" not in text


def test_a_campaign_that_has_only_begun_says_so_in_words() -> None:
    data = dataclasses.replace(make_report(0, 1), classes=(), documents=(), heat=())
    text = render_report(data)
    assert outline(data).seen.count("svg") == 0
    for part in (
        "暂无进度曲线",
        "尚无认定的问题",
        "暂无亮灯记录",
        "尚无签发的文书",
        "没有尚未销号的问题",
        "尚无销号的问题",
    ):
        assert part in text


def test_a_problem_tells_that_it_was_extended_or_is_late() -> None:
    dice = random.Random(1)
    late = dataclasses.replace(make_problem(dice, 1, "示例县示例局"), extended=True, late_workdays=7)
    closed = make_problem(dice, 2, "示例县示例局", closed_on=date(2026, 6, 9), in_time=False)
    text = render_report(
        dataclasses.replace(make_report(1), open_problems=(late,), closed_problems=(closed,))
    )
    for part in ("逾期7个工作日", "经批准延期", "2026-06-09", "逾期完成"):
        assert part in text


@pytest.mark.parametrize(
    "template", ["{{ no_such_value }}", "{% if %}", "{{ units.append(1) }}", "{{ made_on.__class__ }}"]
)
def test_a_broken_or_prying_template_is_refused(monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    monkeypatch.setattr(report.page_sandbox(), "loader", DictLoader({"report.html.j2": template}))
    with pytest.raises(InvalidInput, match="督察报告模板"):
        render_report(make_report(1, 2))


@pytest.mark.parametrize("units", [1, ROWS_PER_PLOT, ROWS_PER_PLOT + 1, 100])
def test_the_grid_is_cut_into_pages_and_stays_on_them(units: int) -> None:
    weeks = [date(2026, 3, 1) + timedelta(weeks=n) for n in range(32)]
    plots = draw_heat([(f"单位{n}", [Light.RED] * 32) for n in range(units)], weeks)
    assert sum(len(plot.names) for plot in plots) == units
    assert all(len(plot.names) <= ROWS_PER_PLOT for plot in plots)
    assert all(cell.x + cell.width <= WIDTH and cell.y < plot.height for plot in plots for cell in plot.cells)


def test_months_are_named_where_they_begin_and_the_year_where_it_changes() -> None:
    weeks = [date(2026, 12, 6), date(2026, 12, 13), date(2026, 12, 20), date(2026, 12, 27), date(2027, 1, 3)]
    (plot,) = draw_heat([("单位", [Light.NONE] * 5)], weeks)
    assert [mark.text for mark in plot.months] == ["2026年12月", "2027年1月"]
    assert [mark.text for mark in plot.days] == ["6", "13", "20", "27", "3"]


@pytest.mark.parametrize("numbers", [(0, 0, 0), (1, 0, 0), (158, 158, 158), (5, 4, 4), (12_345, 3, 2)])
def test_the_labels_of_a_curve_do_not_lie_on_one_another(numbers: tuple[int, int, int]) -> None:
    curve = draw_curve([(date(2026, 3, 1), 0, 0, 0), (date(2026, 3, 8), *numbers)], ("发现", "到期", "销号"))
    assert curve is not None
    heights = sorted(line.label.y for line in curve.lines)
    assert all(below - above >= 16 for above, below in pairwise(heights))
    assert 2 <= len(curve.grid) <= 7
    assert all(0 <= mark.y <= curve.height for mark in curve.grid)


def test_bars_grow_with_their_numbers_and_leave_room_for_the_total() -> None:
    bars = draw_bars([("一", (3, 0, 7)), ("二", (0, 0, 0)), ("三", (20, 0, 0))])
    assert bars is not None
    assert [total.text for total in bars.totals] == ["10", "0", "20"]
    assert [part.text for part in bars.parts] == ["3", "7", "20"]
    assert max(total.x for total in bars.totals) < WIDTH - 20
    assert draw_bars([("一", (0,))]) is None


def test_a_long_name_keeps_both_ends() -> None:
    assert shorten("示例县示例镇人民政府", 12) == "示例县示例镇人民政府"
    assert shorten("示例县市场监督管理局综合行政执法大队", 12) == "示例县市场监督…执法大队"
