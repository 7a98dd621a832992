"""One act on one case: who may, what must be given, what changes; the acts themselves are in acting.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from casework.ahead import IDS_AT_ONCE, ahead_of, covering, reading_ahead
from casework.desk import Desk
from casework.lights.climbing import ladder_of, refresh
from casework.moves import move_rectification
from casework.rectification.evidence import keep_file
from casework.staff.lending import lenders
from casework.staff.people import POST_ROLES, require_role
from casework.units.lineage import is_own_unit
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.rectification import (
    ACTORS,
    CASE_ACT_LABELS,
    KEYS,
    QUIET,
    CaseAct,
    CaseState,
    Role,
    effective_act,
    move_case,
)
from core.text.secrecy import refuse_state_secrets
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.rectification import Rectification

# Acts whose words stay in their own row: who reads the history of the case need not read them.
UNTOLD = frozenset({CaseAct.RECORD_COMPLAINT})

CASES_BY_CODE = sa.select(Rectification, Finding).where(
    col(Finding.office_id) == sa.bindparam("office"),
    col(Finding.code).in_(sa.bindparam("codes", expanding=True)),
    col(Finding.id) == col(Rectification.id),
)
# One case is read with the rows that every act on it asks for.
CASE_BY_CODE = sa.select(Rectification, Finding, Unit, Campaign).where(
    col(Finding.office_id) == sa.bindparam("office"),
    col(Finding.code) == sa.bindparam("code"),
    col(Finding.id) == col(Rectification.id),
    col(Unit.id) == col(Rectification.unit_id),
    col(Campaign.id) == col(Rectification.campaign_id),
)


@dataclass(slots=True)
class ActOnCase:
    """One act with all that was given for it; `effective` is the act once the verdict is known."""

    desk: Desk
    case: Rectification
    finding: Finding
    act: CaseAct
    effective: CaseAct
    on: date
    note: str
    files: Sequence[Path]
    values: Mapping[str, str]
    detail: dict[str, object] = field(default_factory=dict)

    def day(self, key: str) -> date | None:
        """Return a value as a day; raise InvalidInput when it is none."""
        text = self.values.get(key)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise InvalidInput(
                f"{key} 不是日期", found=text, expected="YYYY-MM-DD", remedy=f"改正 --set {key}=2026-03-02"
            ) from None

    def need_note(self) -> None:
        """Refuse the act without its reason."""
        if not self.note.strip():
            label = CASE_ACT_LABELS[self.act]
            raise InvalidInput(
                f"{label}须写明理由", found="空", expected="一句理由", remedy="加上 --note 理由"
            )


def act_on_case(
    desk: Desk,
    code: str,
    act_code: str,
    *,
    on: date | None = None,
    note: str = "",
    files: Sequence[Path] = (),
    values: Mapping[str, str] | None = None,
) -> Rectification:
    """Carry out one act on a case; the day it counts for may lie before the day it is entered, both are kept.

    raises   IllegalMove naming the acts that are possible; NotAllowed; InvalidInput; nothing is changed then
    """
    from casework.rectification.freezing import refuse_frozen  # a freeze uses this module's types

    case, finding = find_case(desk, code)
    act = _known_act(act_code)
    given = dict(values or {})
    _check_keys(act, given)
    effective = effective_act(act, given.get("verdict"))
    deed = ActOnCase(desk, case, finding, act, effective, on or desk.today, note, files, given)
    one_of_many = covering(desk, case.id) is not None
    with reading_ahead(desk, [case.id]):
        _check_person(deed)
        _check_words(deed)
        move_case(CaseState(case.state), effective, suspended=case.suspended_on is not None)
        _check_day(deed)
        refuse_frozen(deed)
        _carry_out(deed)
        if not one_of_many:
            desk.session.flush()
    return case


@contextmanager
def acting_on(desk: Desk, codes: Sequence[str]) -> Iterator[None]:
    """Let acts on many cases share their questions: what lies beside all of them is read at once, writes are gathered.

    Numbers that no case has are told by the act on them. While the block runs, other reads go through the ORM.
    """
    found: dict[str, tuple[Rectification, Finding]] = {}
    for start in range(0, len(codes), IDS_AT_ONCE):
        # In one order, so that two desks never wait for each other.
        query = CASES_BY_CODE.order_by(col(Rectification.id))
        given = {"office": desk.office_id, "codes": list(codes[start : start + IDS_AT_ONCE])}
        for case, finding in desk.session.execute(query, given):
            found[finding.code] = (case, finding)
    with reading_ahead(desk, [case.id for case, _finding in found.values()], found):
        yield
        desk.session.flush()


def _carry_out(deed: ActOnCase) -> None:
    """Check what the act asks for, move the case, keep the files, and do what follows from the act."""
    from casework.rectification.acting import AFTER, BEFORE  # the acts use this module's types
    from casework.rectification.proof import kinds_of_files

    desk, case, act = deed.desk, deed.case, deed.act
    steps = tuple(
        dict.fromkeys((act, deed.effective))
    )  # a verdict that says no asks for what its act asks for
    for step in steps:
        if step in BEFORE:
            BEFORE[step](deed)
    if act not in QUIET:
        said = {"note": "" if act in UNTOLD else deed.note, **deed.values, **deed.detail}
        move_rectification(desk, case, deed.effective, on=deed.on, label=act.value, detail=said)
        for path, kind in kinds_of_files(deed).items():
            keep_file(desk, "case", case.id, act.value, path, kind=kind)
    for step in steps:
        if step in AFTER:
            AFTER[step](deed)
    refresh(desk, case)


def find_case(desk: Desk, code: str) -> tuple[Rectification, Finding]:
    """Return a case with its finding by the problem's number; raise NotFound."""
    known = ahead_of(desk)
    if known is not None and code in known.found:
        return known.found[code]
    row = desk.session.execute(CASE_BY_CODE, {"office": desk.office_id, "code": code}).first()
    if row is None:
        raise no_such_case(code)
    desk.know(row[2], row[3])
    return row[0], row[1]


def no_such_case(code: str) -> NotFound:
    """Return the error for a number that no case has, or none that the actor may see: the words are the same."""
    return NotFound("没有这个整改事项", found=code, expected="问题编号", remedy="运行 ducha case list 查看")


def _known_act(code: str) -> CaseAct:
    try:
        return CaseAct(code)
    except ValueError:
        raise InvalidInput(
            "没有这个操作",
            found=code,
            expected="、".join(act.value for act in CaseAct),
            remedy="改用所列操作",
        ) from None


def _check_keys(act: CaseAct, given: Mapping[str, str]) -> None:
    keys = KEYS.get(act, ())
    names = {key.rstrip("*") for key in keys}
    unknown = sorted(set(given) - names)
    missing = [key.rstrip("*") for key in keys if key.endswith("*") and key.rstrip("*") not in given]
    if unknown or missing:
        raise InvalidInput(
            f"操作 {act} 的参数不正确",
            found="多出 " + "、".join(unknown) if unknown else "缺少 " + "、".join(missing),
            expected="、".join(keys) or "没有参数",
            remedy="用 --set 键=值 给出（带*的必填）",
        )


def _check_person(deed: ActOnCase) -> None:
    actor = deed.desk.actor
    label = CASE_ACT_LABELS[deed.act]
    _check_role(deed, label)
    unit = deed.desk.unit(deed.case.unit_id)
    own = actor.unit_code == unit.code
    kin = own or is_own_unit(deed.desk, actor.unit_code, unit)
    if actor.speaks_for_unit and not own:
        raise NotAllowed(
            "不能办理其他单位的整改事项",
            found=actor.code,
            expected=unit.code,
            remedy="由该单位办理",
        )
    if kin and not actor.speaks_for_unit:
        raise NotAllowed(
            f"本单位人员须回避，不能{label}",
            found=f"{actor.code} 所在单位 {actor.unit_code}",
            expected="与该单位无关的人员",
            remedy="换人办理",
        )
    if Role.UNIT in ACTORS[deed.act] and deed.on > deed.desk.today:
        raise InvalidInput(
            "办理日期不得晚于今天",
            found=deed.on.isoformat(),
            expected=f"不晚于 {deed.desk.today}",
            remedy="改正 --on",
        )


def _check_role(deed: ActOnCase, label: str) -> None:
    """Refuse an actor without the role, unless a post that has it lent the decision (授权代签)."""
    wanted = {role.value for role in ACTORS[deed.act]}
    if not wanted & deed.desk.actor.roles:
        held = lenders(deed.desk, act=deed.act.value)
        lent = next((one for one in held if POST_ROLES[one.role] & wanted), None)
        if lent is None:
            require_role(deed.desk, wanted, label)
        else:
            deed.detail["signed_for"] = lent.principal


def _check_words(deed: ActOnCase) -> None:
    for text in (deed.note, *deed.values.values()):
        refuse_state_secrets(text, f"整改事项 {deed.finding.code} 的填报内容")


def _check_day(deed: ActOnCase) -> None:
    if deed.on > deed.desk.today:
        raise InvalidInput(
            "办理日期不得晚于今天",
            found=deed.on.isoformat(),
            expected=f"不晚于 {deed.desk.today}",
            remedy="改正 --on",
        )
    known = deed.finding.confirmed_on or deed.finding.found_on
    if deed.on < known:
        raise InvalidInput(
            "办理日期早于问题认定", found=deed.on.isoformat(), expected=f"不早于 {known}", remedy="改正 --on"
        )
    _check_lateness(deed)


def _check_lateness(deed: ActOnCase) -> None:
    """Refuse an act entered long after its day without a word why; both days are kept (补录).

    source   ladder, late_entry_workdays
    """
    limit = ladder_of(deed.desk, deed.case.campaign_id).late_entry_workdays
    if limit is None or deed.note.strip() or deed.on >= deed.desk.today:
        return
    late = deed.desk.calendar.between(deed.on, deed.desk.today)
    if late > limit:
        raise InvalidInput(
            "补录须说明理由",
            found=f"{deed.on} 的事项，今天 {deed.desk.today}，相隔{late}个工作日",
            expected=f"超过{limit}个工作日的补录写明理由",
            remedy="加上 --note 理由",
        )
