"""编制方案: a campaign planned step by step, proposed with its reasons and warnings, and stored."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from casework.inspection.planchoices import plan_choices
from casework.inspection.plandrafts import (
    answers_of,
    begin_draft,
    begin_from_campaign,
    begin_from_file,
    drop_draft,
    find_draft,
    keep_answers,
    list_drafts,
    plan_of_draft,
    propose_code,
    propose_title,
    store_draft,
    text_of_draft,
)
from casework.inspection.planrevising import is_outdated
from casework.inspection.plansteps import STEPS, check_step, fields_of_step, step_of, unfit_steps
from casework.inspection.proposals import propose
from console.downloads import attachment
from console.forms import HasForm
from console.refusals import status_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from console.words import write_instant
from core.access.permissions import Permission
from core.errors import CalendarMissing, DuchaError, InvalidInput, InvalidRuleFile, NotFound, Refused
from models.base import key_of

router = Pages(Permission.CAMPAIGN_PLAN)
KEYS = tuple(STEPS)
YAML = "application/yaml"
PER_PAGE = 20  # visits with their reasons, so that a page stays small


@router.page("/campaigns/new")
def show_start(visit: HasVisit) -> Response:
    """Show how a campaign may be planned, and one's own unfinished plans."""
    return _start_page(visit)


def _start_page(visit: Visit, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        drafts = [(row, answers, step_of(answers)) for row, answers in
                  ((row, answers_of(row)) for row in list_drafts(desk))]  # fmt: skip
        return show(visit, desk, "campaigns/start.html.j2", "campaigns", drafts=drafts, error=error,
                    names={**STEPS, "proposal": "核对安排"}, problems=_problems(error))  # fmt: skip


def _start_again(visit: HasVisit, error: DuchaError) -> Response:
    return _start_page(visit, error)


@router.act("/campaigns/new", again=_start_again)
def begin(visit: HasVisit, _form: HasForm) -> Response:
    """Begin a plan step by step."""
    with visit.acting() as desk:
        number = key_of(begin_draft(desk))
    return done(f"/campaigns/new/{number}/{KEYS[0]}")


@router.act("/campaigns/new/file", again=_start_again)
def bring_file(visit: HasVisit, form: HasForm) -> Response:
    """Begin a plan with a campaign file."""
    path = form.file("plan")
    if path is None:
        raise InvalidInput("没有选择批次文件", found="空", expected="campaign.yaml", remedy="选择文件后上传")
    with visit.acting() as desk:
        number = key_of(begin_from_file(desk, path))
    return done(f"/campaigns/new/{number}/proposal")


@router.page("/campaigns/new/{draft}/proposal")
def show_proposal(visit: HasVisit, draft: int, page: int = 1) -> Response:
    """Show what the plan would bring; nothing is stored yet."""
    return _proposal_page(visit, draft, page=page)


def _proposal_page(visit: Visit, draft: int, error: DuchaError | None = None, page: int = 1) -> Response:
    with visit.desk() as desk:
        row = find_draft(desk, draft)
        proposal = None
        try:
            proposal = propose(desk, plan_of_draft(desk, row))
        except (InvalidRuleFile, InvalidInput, NotFound, CalendarMissing, Refused) as wrong:
            error = error or wrong
        return show(
            visit, desk, "campaigns/proposal.html.j2", "campaigns",
            draft=row, answers=answers_of(row), proposal=proposal, steps=STEPS, step="proposal", error=error,
            outdated=is_outdated(desk, answers_of(row)),
            unfit=unfit_steps(desk, answers_of(row)) if proposal is None else (),
            problems=_problems(error), page=max(page, 1), per_page=PER_PAGE,
        )  # fmt: skip


def _problems(error: DuchaError | None) -> list[str]:
    """Return the mistakes of a plan as sentences, without places in a file that nobody has seen."""
    return [one.message for one in error.problems] if isinstance(error, InvalidRuleFile) else []


def _proposal_again(visit: HasVisit, draft: int, error: DuchaError) -> Response:
    return _proposal_page(visit, draft, error)


@router.page("/campaigns/new/{draft}/campaign.yaml")
def save_plan(visit: HasVisit, draft: int) -> Response:
    """Send the plan as a campaign file."""
    with visit.desk() as desk:
        row = find_draft(desk, draft)
        name = answers_of(row).get("code", ["campaign"])[0]
        return attachment(text_of_draft(row).encode(), f"{name}.yaml", YAML)


@router.act("/campaigns/new/{draft}/store", again=_proposal_again)
def store(visit: HasVisit, draft: int, form: HasForm) -> Response:
    """Store the plan."""
    with visit.acting() as desk:
        code = store_draft(desk, draft, over=form.flag("over")).code
    return done(f"/campaigns/{code}", f"已编制{code}，待主任批准")


@router.act("/campaigns/{code}/revise", again=_start_again)
def revise(visit: HasVisit, code: str, _form: HasForm) -> Response:
    """Take a stored plan back into the steps."""
    with visit.acting() as desk:
        row = begin_from_campaign(desk, code)
        number, at = key_of(row), step_of(answers_of(row))
    return done(f"/campaigns/new/{number}/{at}", "已取回方案；存入前，原方案不变")


@router.act("/campaigns/new/{draft}/drop", again=_start_again)
def drop(visit: HasVisit, draft: int, _form: HasForm) -> Response:
    """Give an unfinished plan up."""
    with visit.acting() as desk:
        drop_draft(desk, draft)
    return done("/campaigns/new", "已删除未完成的方案")


@router.page("/campaigns/new/{draft}/{step}")
def show_step(visit: HasVisit, draft: int, step: str) -> Response:
    """Show one step with what was typed there before."""
    return _step_page(visit, draft, step)


def _step_page(visit: Visit, draft: int, step: str, error: DuchaError | None = None) -> Response:
    fields_of_step(step)
    with visit.desk() as desk:
        row = find_draft(desk, draft)
        answers = answers_of(row)
        line, kind = answers.get("line", [""])[0], answers.get("kind", [""])[0]
        choices = plan_choices(desk, line)
        rule = next((one for one in choices.kinds if one.code == kind), None)
        if rule is not None:  # what most would type, to be changed freely
            answers.setdefault("code", [propose_code(desk, kind, desk.today.year)])
            answers.setdefault("title", [propose_title(desk, kind)])
        return show(
            visit, desk, "campaigns/step.html.j2", "campaigns",
            draft=row, answers=answers, steps=STEPS, step=step, choices=choices, rule=rule,
            picked=_picked(answers.get("items", [])),
            originals=[(one.code, f"{one.code} {one.title}") for one in choices.earlier],
            error=error,
        )  # fmt: skip


def _picked(chosen: list[str]) -> dict[str, list[str]]:
    """Return what was ticked, by catalogue."""
    found: dict[str, list[str]] = {}
    for text in chosen:
        key, _, part = text.partition(":")
        found.setdefault(key, []).append(part)
    return found


def _step_again(visit: HasVisit, draft: int, step: str, error: DuchaError) -> Response:
    return _step_page(visit, draft, step, error)


@router.act("/campaigns/new/{draft}/{step}/keep")
def keep_step(visit: HasVisit, draft: int, step: str, form: HasForm) -> Response:
    """Keep what is being typed, for a script that sends it now and then."""
    try:
        with visit.acting() as desk:
            keep_answers(desk, draft, step, fields_of_step(step), form.values)
            kept = desk.now
    except DuchaError as error:
        return JSONResponse({"error": error.as_dict()}, status_code=status_of(error))
    return JSONResponse({"said": f"已保存 {write_instant(kept)[-5:]}"})


@router.act("/campaigns/new/{draft}/{step}", again=_step_again)
def answer_step(visit: HasVisit, draft: int, step: str, form: HasForm) -> Response:
    """Keep what was typed, then go back, or on when it will do."""
    fields = fields_of_step(step)
    with visit.acting() as desk:
        row = keep_answers(desk, draft, step, fields, form.values)
        answers = answers_of(row)
    at, go = KEYS.index(step), form.text("go")
    if go == "back":
        return done(f"/campaigns/new/{draft}/{KEYS[at - 1]}" if at else "/campaigns/new")
    if go in (*KEYS, "proposal"):
        return done(f"/campaigns/new/{draft}/{go}")
    with visit.world.desk(visit.who) as desk:
        check_step(desk, step, answers)
    return done(f"/campaigns/new/{draft}/{KEYS[at + 1] if at + 1 < len(KEYS) else 'proposal'}")
