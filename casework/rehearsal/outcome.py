"""What a rehearsal brought, in words: day by day, in sums, and as the overview to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from casework.desk import Desk
from casework.rehearsal.rehearsed import Programme
from core.codes import Light, Line
from core.ladders.palette import DEFAULT
from core.rulebook.roles import UNIT_ROLE_LABELS
from delivery.rehearsal import render_rehearsal

ISSUES = {"automatic": "自动提醒", "authorised": "授权发出", "on_signature": "签发"}
STATES = {"planned": "已编制", "approved": "已批准", "open": "进行中"}
MAILS = {"document": "文书", "reminder": "提示提醒", "task": "督察任务", "acknowledgement": "签收回执"}
MOST_LINES = 120


def describe_programme(desk: Desk, programme: Programme) -> tuple[str, ...]:
    """Return what would happen as sentences: sums, burden, open cases by light, refusals, then the days."""
    return (*_sums(programme), *_troubles(programme), *_days(programme), *_rest(desk, programme))


def _sums(programme: Programme) -> Iterator[str]:
    names = {row["kind"]: row["name"] for row in programme.documents}
    kinds = "，".join(f"{names[kind]}{count}份" for kind, count in programme.totals["by_kind"].items())
    yield f"文书合计{programme.totals['documents']}份：{kinds or '无'}；尚未发出{len(programme.waiting)}份"
    mails = "，".join(f"{MAILS.get(kind, kind)}{count}封" for kind, count in programme.after["mails"].items())
    yield f"邮件：{mails or '无'}"
    lit = {Light(code): count for code, count in programme.after["open_cases"].items()}
    lights = "，".join(
        f"{DEFAULT.word(light) if light is not Light.NONE else '未亮灯'}{count}件"
        for light, count in sorted(lit.items(), key=lambda one: one[0].rank)
    )
    yield f"期末未办结事项：{lights or '无'}；线索筛查{programme.after['screenings']}件"
    for row in programme.burden["units"][:3]:
        yield (
            f"负担较重：{row['unit_name']}，{programme.burden['workdays']}个工作日内{row['documents']}份"
            f"（{row['from']}至{row['to']}）"
        )


def _troubles(programme: Programme) -> Iterator[str]:
    if programme.after["held"]:
        yield f"系统处于暂停状态（{programme.after['held']}），到期巡检未运行"
    for row in programme.after["refused"]:
        yield f"{row['day']} {row['what']}不能办理：{row['error']}"


def _days(programme: Programme) -> Iterator[str]:
    """Yield one sentence a day, kind, light and way of going out."""
    groups = Counter(
        (row["day"], row["name"], row["light"], ISSUES.get(row["issue"], row["issue"]))
        for row in programme.documents
    )
    for (day, name, light, way), count in list(groups.items())[:MOST_LINES]:
        lit = f"（{DEFAULT.word(Light(light))}）" if light != Light.NONE else ""
        yield f"{day}：{name}{lit}{count}份，{way}"
    if len(groups) > MOST_LINES:
        yield f"以上为前{MOST_LINES}行，其余见预演概览"


def _rest(_desk: Desk, programme: Programme) -> Iterator[str]:
    if programme.after["visits_to_come"]:
        yield f"期末尚有{programme.after['visits_to_come']}次督察未开展"


def overview_page(desk: Desk, programme: Programme) -> str:
    """Return the overview for leaders as one page that needs nothing else."""
    lines = desk.office_rules.lines
    issuer = lines[Line.PARTY].issuer if Line.PARTY in lines else desk.office.name
    return render_rehearsal({**programme.as_dict(), "issuer": issuer, "words": words_of(programme)})


def words_of(programme: Programme) -> dict[str, Mapping[str, str]]:
    """Return the words of every code that a programme uses."""
    return {
        "kind": {row["kind"]: row["name"] for row in programme.documents},
        "unit": {row["unit"]: row["unit_name"] for row in programme.documents},
        "light": {light.value: DEFAULT.word(light) for light in DEFAULT.every},
        "recipients": {role.value: label for role, label in UNIT_ROLE_LABELS.items()},
        "issue": ISSUES,
        "state": STATES,
    }
