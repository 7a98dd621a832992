"""A made-up report as large as a county's comprehensive campaign, for tests and for looking at it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from core.codes import Light, Severity
from core.ladders.palette import DEFAULT
from delivery.report import (
    CampaignHead,
    ClassLine,
    CurvePoint,
    DocumentLine,
    Figure,
    HeatRow,
    ProblemLine,
    ReportData,
    UnitLine,
)

CLASSES = (
    "党的领导与第一责任人职责",
    "政府职能依法履行与法治化营商环境",
    "行政规范性文件管理",
    "重大行政决策",
    "行政执法规范化",
    "行政执法体制与执法监督",
    "行政复议、行政应诉与府院联动",
    "权力监督与政务公开",
    "矛盾纠纷化解与基层法治",
    "普法、公共法律服务与特殊人群管理",
    "法治保障与督察整改",
)
DOCUMENTS = {
    "督察通知": 40,
    "法治督察反馈意见暨整改通知书": 39,
    "提示单": 61,
    "催办单": 33,
    "督办单": 12,
    "责令整改通知单": 4,
    "销号通知": 118,
}
REFERRALS = {"线索筛查": 4, "不予移送": 2, "移送（移交）": 2, "收到回执": 2, "收到结果": 1}
WORDS = (
    "行政执法公示不及时",
    "重大执法决定未经法制审核",
    "规范性文件未按期备案",
    "第一责任人职责清单未更新，述法空泛",
)
MADE_ON = date(2026, 8, 27)


def make_report(units: int = 40, weeks: int = 26, seed: int = 7) -> ReportData:
    """Return a report with this many units and weeks; equal arguments give an equal report."""
    dice = random.Random(seed)
    names = [f"示例县示例{n:02d}局" if n < 26 else f"示例县示例{n - 25:02d}乡人民政府" for n in range(units)]
    ends = tuple(MADE_ON - timedelta(weeks=weeks - 1 - n) for n in range(weeks))
    closed = [{"closed_on": date(2026, 7, 1 + n), "in_time": n % 4 != 3} for n in range(22 if units else 0)]
    return ReportData(
        office="示例县法治督察办公室",
        issuer="中共示例县委全面依法治县委员会办公室",
        campaign=make_head(),
        units_count=units,
        made_on=MADE_ON,
        calendar_version="5d1c09ab",
        provisional=False,
        palette=DEFAULT,
        figures=make_figures(),
        weeks=ends,
        weeks_per_column=1,
        heat=tuple(HeatRow(name, make_lights(dice, weeks)) for name in names),
        curve=tuple(make_point(day, n) for n, day in enumerate(ends)),
        classes=tuple(make_class(dice, name) for name in CLASSES),
        documents=tuple(DocumentLine(name, n, max(0, n - 2)) for name, n in DOCUMENTS.items()),
        units=tuple(make_unit_line(dice, n, name) for n, name in enumerate(names)),
        open_problems=tuple(make_problem(dice, n, names[n % units]) for n in range(18 if units else 0)),
        closed_problems=tuple(
            make_problem(dice, 100 + n, names[n % units], **values) for n, values in enumerate(closed)
        ),
        referrals=tuple(Figure(label, str(n), "件") for label, n in REFERRALS.items()),
    )


def make_head() -> CampaignHead:
    return CampaignHead(
        code="2026-ZH-01",
        title="2026年度县直单位和乡镇（街道）法治督察",
        kind="综合督察",
        line="法治督察",
        state="实施中",
        period_from=date(2026, 3, 2),
        period_to=date(2026, 4, 30),
        rules_sha256="3f0a9c" * 10 + "beef",
    )


def make_figures() -> tuple[Figure, ...]:
    return (
        Figure("已督察单位", "40", "家", "安排40家次"),
        Figure("发现问题", "158", "个", "严重21　较重86　一般51"),
        Figure("已销号", "119", "个", "整改率75.3%"),
        Figure("逾期", "33", "件", "逾期率20.9%\n按原定期限41件"),
        Figure("亮灯", "110", "次", "蓝61　黄33　红12　黑4"),
        Figure("签发文书", "314", "份", "送达300份"),
        Figure("批准延期", "9", "件", "申请12件\n合计延长131日"),
        Figure("反弹重启", "2", "次", "退回补充整改14次"),
    )


def make_point(day: date, n: int) -> CurvePoint:
    return CurvePoint(day, min(158, 14 * n), max(0, min(151, 16 * (n - 8))), max(0, min(119, 9 * (n - 9))))


def make_class(dice: random.Random, name: str) -> ClassLine:
    return ClassLine(name, dice.randint(0, 9), dice.randint(1, 14), dice.randint(0, 4))


def make_unit_line(dice: random.Random, n: int, name: str) -> UnitLine:
    return UnitLine(f"D{n:03d}", name, 4, n % 3 // 2, 3, 1, n % 4 // 3, dice.choice(tuple(Light)))


def make_lights(dice: random.Random, weeks: int) -> tuple[Light, ...]:
    """Return a life that climbs for a while and ends, or does not begin."""
    start, stay, top = dice.randint(8, 20), dice.randint(1, 3), dice.randint(0, 5)
    climb = [Light.NONE] * start + [light for light in list(Light)[1 : top + 1] for _ in range(stay)]
    return tuple((climb + [Light.NONE] * weeks)[:weeks])


def make_problem(dice: random.Random, n: int, unit: str, **values: Any) -> ProblemLine:
    """Return a problem; give `closed_on` and `in_time` for one that is closed."""
    return ProblemLine(
        number=f"2026-ZH-01-{n:04d}",
        unit=unit,
        item="E19 行政执法公示",
        problem=f"抽查发现{dice.choice(WORDS)}，部分处罚决定超过法定期限才公开。",
        severity=dice.choice(tuple(Severity)),
        state="已销号" if values else dice.choice(("整改中", "申请销号", "方案待审")),
        due_on=date(2026, 6, 3 + n % 20),
        extended=n % 5 == 0,
        percent=dice.randint(0, 9) * 10,
        late_workdays=0 if values else dice.choice((0, 0, 3, 12)),
        light=dice.choice(tuple(Light)),
        **values,
    )
