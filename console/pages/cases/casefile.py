"""整改事项: one case, why its light, what lies beside it, its timeline, and the acts that may be done now."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.linkage.proposals import may_refer
from casework.rectification.doing import act_in_sight, need_in_sight, open_evidence
from casework.rectification.notes import Said, add_note
from casework.views import case_view
from console.downloads import attachment
from console.forms import Form, HasForm
from console.pages.cases.wishes import typed_in, wish_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from core.life.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, CaseAct, CaseState
from core.life.sidelife import MANNER_LABELS, PLAN, Manner, PlanState
from core.pictures import read_picture

router = Pages(Permission.CASE_VIEW)
NOTE_KINDS = (("telephone", "电话"), ("talk", "谈话"), ("visit", "走访"), ("other", "其他"))
HALF_WORDS = {"owed": "待报", "late": "逾期未报", "sent": "已报", "waived": "免报"}
VERDICT_WORDS = {"passed": "通过", "failed": "未通过", "returned": "退回补充"}


@router.page("/cases")
def find_case(code: str = "") -> Response:
    """Go to the case whose number was typed; without one, to the ledger."""
    wanted = code.strip()
    return RedirectResponse(case_address(wanted) if wanted else "/ledger", status_code=303)


@router.page("/cases/{code:path}/evidence/{number:int}")
def download_evidence(code: str, number: int, visit: HasVisit) -> Response:
    """Send a file that was kept for a case."""
    with visit.desk() as desk:
        row, content = open_evidence(desk, code, number)
        return attachment(content, row.name)


@router.page("/cases/{code:path}/evidence/{number:int}/picture")
def show_evidence(code: str, number: int, visit: HasVisit) -> Response:
    """Send a picture that was kept for a case for showing on a page; any other file is only downloaded."""
    with visit.desk() as desk:
        row, content = open_evidence(desk, code, number)
    picture = read_picture(content)
    if picture is None or not picture.is_sane:
        return attachment(content, row.name)
    return Response(content, media_type=picture.media)


@router.page("/cases/{code:path}/refer", Permission.CASE_ACT)
def ask_referral(code: str, visit: HasVisit) -> Response:
    """Show the form that asks the compartment to look into a case."""
    return _referral_page(visit, code, Form())


def _referral_page(visit: Visit, code: str, form: Form, error: DuchaError | None = None) -> HTMLResponse:
    with visit.desk() as desk:
        need_in_sight(desk, code)
        return show(
            visit, desk, "cases/refer.html.j2", "ledger", code=code, typed=form.text("note"), error=error
        )


def _referral_again(visit: Visit, code: str, form: Form, error: DuchaError) -> HTMLResponse:
    return _referral_page(visit, code, form, error)


@router.act("/cases/{code:path}/refer", Permission.CASE_ACT, again=_referral_again)
def refer(code: str, visit: HasVisit, form: HasForm) -> Response:
    """Hand a case to the people of the compartment; its page tells nothing of it."""
    wish = wish_of(CaseAct.REFER, form)
    with visit.acting() as desk:
        act_in_sight(desk, code, wish)
    return done(case_address(code), "已提请，由有关人员按规定办理")


@router.page("/cases/{code:path}")
def show_case(code: str, visit: HasVisit) -> HTMLResponse:
    """Show one case; 404 when there is none with this number."""
    return _page(visit, code)


def _page(
    visit: Visit, code: str, form: Form | None = None, act: str = "", error: DuchaError | None = None
) -> HTMLResponse:
    typed = typed_in(form) if form is not None else {}
    with visit.desk() as desk:
        file = case_view(desk, code)
        return show(
            visit,
            desk,
            "cases/case.html.j2",
            "ledger",
            file=file,
            address=case_address(code),
            refused=act,
            typed=typed,
            error=error,
            may_act=visit.may(Permission.CASE_ACT),
            may_refer=may_refer(desk, file.state),
            note_kinds=NOTE_KINDS,
            plan_states={state.value: PLAN.state_labels[state] for state in PlanState},
            manners={one.value: MANNER_LABELS[one] for one in Manner},
            verdicts=VERDICT_WORDS,
            half_words=HALF_WORDS,
        )


def _act_again(visit: Visit, code: str, act: str, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, code, form, act, error)


@router.act("/cases/{code:path}/acts/{act}", Permission.CASE_ACT, again=_act_again)
def act_on(code: str, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out one act on a case and show what became of it."""
    if act == CaseAct.REFER:
        raise InvalidInput(
            "这个操作另有页面", found=act, expected="页面所列操作", remedy="从整改事项页面进入"
        )
    wish = wish_of(act, form)
    with visit.acting() as desk:
        case = act_in_sight(desk, code, wish)
        state = CASE_STATE_LABELS[CaseState(case.state)]
    return done(case_address(code), f"已办理：{CASE_ACT_LABELS[CaseAct(act)]}。现在的状态：{state}")


def _note_again(visit: Visit, code: str, form: Form, error: DuchaError) -> HTMLResponse:
    return _page(visit, code, form, "contact_note", error)


@router.act("/cases/{code:path}/notes", Permission.CASE_ACT, again=_note_again)
def write_note(code: str, visit: HasVisit, form: HasForm) -> Response:
    """Keep a note of a call, a talk or a visit; a day to come back becomes a task of its writer."""
    said = Said(
        form.text("kind") or "telephone",
        form.needed("text", "内容"),
        form.text("with_whom"),
        form.day("on", "联系日期"),
        form.day("follow_up_on", "跟进日期"),
    )
    with visit.acting() as desk:
        need_in_sight(desk, code)
        add_note(desk, "case", code, said)
    return done(case_address(code), "已登记联系记录")


def case_address(code: str) -> str:
    """Return the address of a case's page."""
    return f"/cases/{quote(code, safe='')}"
