"""人才库的库: its rules in words, its members with terms, hours and visits; training for several at once."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.staff.pools import KEEPERS, train
from casework.staff.poolviews import list_members, show_pool
from console.downloads import SHEET, attachment
from console.forms import HasForm
from console.lists import NOTHING, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from delivery.sheets.tabular import Sheet, write_sheets
from delivery.sheets.workbook import Column

router = Pages(Permission.PEOPLE)
COLUMNS = tuple(
    Column(*one)
    for one in (
        ("编号", 10.0), ("姓名", 12.0), ("工作单位编码", 14.0), ("专业", 26.0), ("届", 6.0), ("任期首日", 13.0),
        ("届满日", 13.0), ("本年学时", 10.0), ("本年督察次数", 12.0), ("退出", 13.0), ("退出情形", 16.0),
    )
)  # fmt: skip


@router.page("/pools/{key}")
def show_one(visit: HasVisit, query: HasQuery, key: str) -> Response:
    """Show one pool with its members."""
    return _one_page(visit, key, query=query)


def _one_page(
    visit: Visit, key: str, error: DuchaError | None = None, query: Mapping[str, str] = NOTHING
) -> Response:
    every = query.get("all") == "1"
    with visit.desk() as desk:
        members = list_members(desk, key, every=every)
        return show(
            visit, desk, "registry/pool.html.j2", "people", pool=show_pool(desk, key), error=error, every=every,
            leaf=cut(members, read_number(query.get("page", ""))), may_keep=bool(desk.actor.roles & set(KEEPERS)),
        )  # fmt: skip


@router.page("/pools/{key}/members.xlsx")
def save_members(visit: HasVisit, key: str) -> Response:
    """Send the members of a pool as a workbook."""
    names = ("code", "name", "unit", "specialties", "term", "from", "until", "hours", "visits", "exited_on",
             "exit_reason")  # fmt: skip
    with visit.desk() as desk:
        title = str(show_pool(desk, key)["name"])
        rows = [[_cell(row[name]) for name in names] for row in list_members(desk, key, every=True)]
        content = write_sheets(title, [Sheet(title, COLUMNS, rows)], desk.today)
    return attachment(content, f"{title}成员.xlsx", SHEET)


def _cell(value: object) -> str | int:
    return value if isinstance(value, int) else str(value or "")


@router.act("/pools/{key}/train", again=_one_page)
def train_several(visit: HasVisit, key: str, form: HasForm) -> Response:
    """Record hours of training of everybody who was ticked."""
    codes = form.many("person")
    if not codes:
        raise InvalidInput("没有选择人员", found="0人", expected="至少一人", remedy="勾选参加培训的人员")
    with visit.acting() as desk:
        day = form.day("trained_on", "培训日期") or desk.today
        rows = train(desk, codes, day, form.number("hours", "学时") or 0, form.text("topic"))
    return done(f"/pools/{key}", f"已为{len(rows)}人登记培训")
