"""今日待办: what waits for somebody; who does no business of the office is led to a page of their own."""

from __future__ import annotations

from fastapi.responses import RedirectResponse, Response

from casework.views import todo_view
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.HOME)
# Where somebody without a today page begins, the first that is open to them.
ENTRIES = (
    (Permission.PORTAL, "/portal"),
    (Permission.ACCOUNTS, "/accounts"),
    (Permission.GRANTS, "/grants"),
    (Permission.AUDIT, "/audit"),
    (Permission.HEALTH, "/health"),
)
# The piles of the page: key, title, unit of counting, all of them, and what a reader should know of them.
PILES = (
    ("to_sign", "待审核签发", "份", "/documents?state=waiting"),
    ("to_seal", "待用印", "份", "/documents?state=signed"),
    ("to_verify", "待核查", "件", "/ledger?state=closure_applied"),
    ("to_close", "待批准销号", "件", "/ledger?state=verified"),
    ("plans", "方案待审", "件", "/ledger?state=planned"),
    ("requests", "申请待批", "件", "/requests"),
    ("mails", "邮件异常", "封", "/outbox"),
    ("unserved", "未送达", "份", "/unserved"),
    ("visits", "我的督察", "次", "/visits"),
    ("tasks", "我的任务", "项", "/tasks"),
    ("due_soon", "5个工作日内到期", "件", "/ledger?due=soon"),
    ("lights", "灯色变化", "件", "/lights"),
)


@router.page("/")
def show_today(visit: HasVisit) -> Response:
    """Show what waits today."""
    if not visit.may(Permission.TODAY):
        target = next((address for permission, address in ENTRIES if visit.may(permission)), "/account")
        return RedirectResponse(target, status_code=303)
    with visit.desk() as desk:
        todo = todo_view(desk)
        news = bool(todo.lights.total or todo.due_soon.total)
        piles = [(key, title, unit, more, todo.pile(key)) for key, title, unit, more in PILES]
        mine = [pile for pile in piles if pile[0] in todo.mine]
        full = [pile for pile in mine if pile[4].total]
        return show(
            visit,
            desk,
            "home/today.html.j2",
            "today",
            is_workday=desk.calendar.is_workday(desk.today),
            todo=todo,
            mine=mine,
            left=full if news else full[::2],
            right=[] if news else full[1::2],
            others=[
                pile for pile in piles if pile[0] not in todo.mine and pile[0] not in ("due_soon", "lights")
            ],
        )
