"""办理: one act on one case a page, with what it asks for and how far it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import Response

from casework.desk import Desk
from casework.portal.casepage import case_page
from casework.portal.doing import do_act, join_measures, join_stages, sort_evidence
from casework.portal.reader import reader_at
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, IllegalMove, NotFound
from core.life.rectification import CASE_ACT_LABELS, CaseAct, possible_acts
from core.life.sidelife import HORIZON_LABELS

router = Pages(Permission.PORTAL)
MEASURES, STAGES = 8, 6  # lines of a form
HORIZONS = tuple((word, code.value) for code, word in HORIZON_LABELS.items())  # as a plan is written
A = CaseAct


@router.page("/portal/cases/{code:path}/do/{act}")
def show_act(code: str, act: str, visit: HasVisit) -> Response:
    """Show the form of an act that the unit may do now."""
    with visit.desk() as desk:
        return _page(visit, desk, code, act, Form(), None)


def _page(visit: Visit, desk: Desk, code: str, act: str, form: Form, error: DuchaError | None) -> Response:
    page = case_page(reader_at(desk, by_link=visit.visitor.by_link), code)
    if act not in SENT:
        raise NotFound("没有这个页面", found=act[:40], expected="事项页面所列的操作", remedy="回到整改事项")
    if act not in page.offers and error is None:
        raise IllegalMove("整改事项", page.state, CaseAct(act), possible_acts(page.state), why="现在不能办理")
    return show(
        visit, desk, "portal/act.html.j2", "portal", page=page, palette=page.palette, act=act, form=form, error=error,
        draft=_draft(visit, code, act),
        title=CASE_ACT_LABELS[CaseAct(act)], horizons=HORIZONS, measure_rows=range(1, MEASURES + 1),
        stage_rows=range(1, STAGES + 1),
    )  # fmt: skip


def _again(visit: HasVisit, code: str, act: str, form: HasForm, error: DuchaError) -> Response:
    with visit.world.desk(visit.who) as desk:
        return _page(visit, desk, code, act, form, error)


@router.act("/portal/cases/{code:path}/do/{act}", again=_again)
def give_act(code: str, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry an act of the unit out."""
    if act not in SENT:
        raise NotFound("没有这个页面", found=act[:40], expected="事项页面所列的操作", remedy="回到整改事项")
    note, values = SENT[CaseAct(act)](form)
    files, said = _files(form)
    if said and CaseAct(act) in WITH_KINDS:
        values["evidence"] = said
    with visit.acting() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        do_act(reader, code, act, note=note, files=files, values=values)
    return done(
        f"/portal/cases/{quote(code)}", f"{CASE_ACT_LABELS[CaseAct(act)]}：已提交", _draft(visit, code, act)
    )


def _draft(visit: Visit, code: str, act: str) -> str:
    """Return under which name a browser keeps what is typed for an act until it was taken."""
    return f"{visit.who.code}/{code}/{act}"


def _files(form: Form) -> tuple[list[Path], str]:
    """Return the files of a form with their kinds, as the fields they came in say."""
    given: dict[str, Sequence[Path]] = {
        name.removeprefix("files").lstrip("-"): paths
        for name, paths in form.files.items()
        if name.startswith("files")
    }
    return sort_evidence(given)


# What each act sends: its words, and its values as core/life/rectification.py names them.
Sent = Callable[[Form], tuple[str, dict[str, str]]]


def _kept(values: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in values.items() if text}


def _plan(form: Form) -> tuple[str, dict[str, str]]:
    rows = [
        tuple(form.text(f"{part}-{number}") for part in ("measure", "person", "day", "horizon"))
        for number in range(1, MEASURES + 1)
    ]
    measures = join_measures([(one[0], one[1], one[2], one[3]) for one in rows])
    names = ("owner", "until", "goal", "verifier_unit")
    return "", _kept({"measures": measures, **{name: form.text(name) for name in names}})


def _progress(form: Form) -> tuple[str, dict[str, str]]:
    percent = form.needed("percent", "完成率").removesuffix("%")
    done_ = "、".join(form.many("measure"))
    return "", _kept({"percent": percent, "text": form.needed("text", "进展情况"), "measure": done_})


def _extension(form: Form) -> tuple[str, dict[str, str]]:
    return form.needed("reason", "申请理由"), {"until": form.needed_day("until", "申请延至").isoformat()}


def _long_term(form: Form) -> tuple[str, dict[str, str]]:
    rows = [(form.text(f"stage-day-{n}"), form.text(f"stage-goal-{n}")) for n in range(1, STAGES + 1)]
    until = form.needed_day("until", "预计完成日").isoformat()
    return form.needed("reason", "申请理由"), {"until": until, "stages": join_stages(rows)}


def _objection(form: Form) -> tuple[str, dict[str, str]]:
    return form.needed("reason", "异议理由"), {}


def _closure(form: Form) -> tuple[str, dict[str, str]]:
    finished = "、".join(form.many("done"))
    return form.needed("text", "完成情况"), _kept({"done": finished})


def _endorsement(form: Form) -> tuple[str, dict[str, str]]:
    return form.text("reason"), {"verdict": form.needed("verdict", "审核意见")}


def _withdrawal(form: Form) -> tuple[str, dict[str, str]]:
    return form.text("reason"), {"kind": form.needed("kind", "撤回的申请")}


def _receipt(_form: Form) -> tuple[str, dict[str, str]]:
    return "", {}


SENT: dict[CaseAct, Sent] = {
    A.ACKNOWLEDGE: _receipt,
    A.SUBMIT_PLAN: _plan,
    A.REPORT_PROGRESS: _progress,
    A.REQUEST_EXTENSION: _extension,
    A.REQUEST_LONG_TERM: _long_term,
    A.OBJECT: _objection,
    A.APPLY_CLOSURE: _closure,
    A.ENDORSE: _endorsement,
    A.WITHDRAW_REQUEST: _withdrawal,
}
WITH_KINDS = frozenset({A.SUBMIT_PLAN, A.REPORT_PROGRESS, A.APPLY_CLOSURE})
