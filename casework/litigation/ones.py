"""三个一: one leader in charge, one group, one plan; set for a colour, renewed when the light rises above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.desk import Desk
from casework.litigation.aftermath import finish_tasks
from casework.litigation.files import MatterFile
from casework.litigation.halves import send_waiting
from casework.litigation.lights import refresh
from casework.litigation.reporting import open_keys, store_paper
from casework.rectification.evidence import keep_file
from casework.staff.people import join, require_role
from casework.tasks import finish_for
from core.codes import Light
from core.errors import IllegalMove, InvalidInput
from core.ladders.guardrails import keep_guardrails
from core.life.matterlife import OVER, PAPER_KIND_LABELS, Fault, MatterState, PaperKind
from core.text.secrecy import refuse_state_secrets
from models.matterwork import MatterOnes, MatterPaper

SETTERS = ("officer", "leader", "director", "unit")
SETTLES = {PaperKind.LOSS_REPORT, PaperKind.APPEAL_OPINION, PaperKind.RECAP, PaperKind.RECTIFICATION_PLAN}


@dataclass(frozen=True, slots=True)
class Ones:
    """The 三个一 as somebody sets them; `plan` is the plan in words or names the file that is handed in with it."""

    leader_name: str
    leader_post: str
    members: tuple[str, ...]
    plan: str
    files: tuple[Path, ...] = ()


def set_ones(desk: Desk, file: MatterFile, ones: Ones) -> MatterOnes:
    """Set the 三个一 of a matter for its present colour.

    raises   NotAllowed; IllegalMove for a matter that is over; InvalidInput naming what is missing, or a plan that
             breaks a guardrail
    """
    require_role(desk, SETTERS, "登记“三个一”")
    if MatterState(file.row.state) in OVER:
        raise IllegalMove("行政争议事项", file.row.state, "登记“三个一”", ())
    members, plan = _check_ones(file, ones)
    row = MatterOnes(
        matter_id=file.id,
        number=file.ones.number + 1 if file.ones else 1,
        light=file.row.light,
        leader_name=ones.leader_name.strip(),
        leader_post=ones.leader_post.strip(),
        members=join(members),
        plan=plan,
        set_by=desk.actor.code,
        set_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    file.ones = row
    for path in ones.files:
        keep_file(desk, "matter", file.id, "ones", path)
    said = {"number": row.number, "light": row.light, "leader": row.leader_post}
    desk.record("matter", file.id, "ones", unit_id=file.row.unit_id, detail=said)
    for key in open_keys(desk, file, "matter_ones"):
        finish_for(desk, key, f"包案领导：{row.leader_name}（{row.leader_post}）")
    refresh(desk, file)
    return row


def _check_ones(file: MatterFile, ones: Ones) -> tuple[tuple[str, ...], str]:
    """Return the members and the plan; raise InvalidInput when something is missing or breaks a guardrail."""
    members = tuple(name.strip() for name in ones.members if name.strip())
    plan = ones.plan.strip() or "、".join(path.name for path in ones.files)
    given = {
        "包案领导姓名": ones.leader_name.strip(),
        "包案领导职务": ones.leader_post.strip(),
        "化解小组成员": join(members),
        "化解方案": plan,
    }
    missing = [label for label, text in given.items() if not text]
    if missing:
        raise InvalidInput(
            "“三个一”不完整",
            found=f"缺少{'、'.join(missing)}",
            expected="、".join(file.ladder.three_ones.contents),
            remedy="补齐后重试",
        )
    for label, text in given.items():
        refuse_state_secrets(text, label)
    keep_guardrails(plan, "化解方案")
    return members, plan


def ones_values(file: MatterFile) -> dict[str, object] | None:
    """Return the 三个一 as they are shown, None when there are none."""
    row = file.ones
    if row is None:
        return None
    return {
        "leader": row.leader_name,
        "post": row.leader_post,
        "members": row.members,
        "plan": row.plan,
        "set_for": file.ladder.palette.word(Light(row.light)),
        "set_on": row.set_on.isoformat(),
        "set_by": row.set_by,
    }


def hand_in(
    desk: Desk,
    file: MatterFile,
    kind: PaperKind,
    content: str,
    *,
    next_steps: str = "",
    fault: Fault | None = None,
    files: Sequence[Path] = (),
) -> MatterPaper:
    """Hand in a paper about a matter (进展、败诉报告、上诉意见、复盘、整改方案、自我纠错); what waited for it is done.

    raises   see reporting.store_paper
    """
    paper = store_paper(desk, file, kind, content, next_steps=next_steps, fault=fault, files=files)
    if kind is PaperKind.PROGRESS:
        send_waiting(desk, file, paper)
    if kind in SETTLES:
        finish_tasks(desk, file, kind.value, f"已报{PAPER_KIND_LABELS[kind]}")
    refresh(desk, file)
    return paper
