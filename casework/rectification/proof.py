"""The kinds of evidence (佐证材料种类): said with the act or told by the name of the file, asked for at closure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from casework.ahead import history_beside, rows_beside
from casework.lights.climbing import ladder_of
from casework.rectification.cases import ActOnCase
from casework.rectification.measures import undone
from casework.rectification.siderequests import open_one
from core.codes import Severity
from core.errors import InvalidInput
from core.life.rectification import CaseAct, CaseState, RequestKind
from core.rulebook.handling import EvidenceKind
from models.rectification import Evidence

# A case that comes back to rectifying from one of these was returned or reopened.
LEFT = frozenset({"closure_applied", "verified", "closed", "look_back", "archived"})


def kinds_of_files(deed: ActOnCase) -> dict[Path, str]:
    """Return the kind of each file of the act: as `evidence` says, else by a word in its name, else none.

    `evidence` is one kind for all files, or `种类:文件名、种类:文件名`.
    raises   InvalidInput for an unknown kind or a file that was not given
    """
    known = ladder_of(deed.desk, deed.case.campaign_id).clearing.evidence
    named = _named(deed.values.get("evidence", ""), deed.files, known)
    return {path: named.get(path.name) or named.get("") or _by_name(path, known) for path in deed.files}


def _named(text: str, files: Sequence[Path], known: Sequence[EvidenceKind]) -> dict[str, str]:
    """Return {name of a file, or "" for all: kind} of what was said."""
    found: dict[str, str] = {}
    codes = {kind.code: kind.code for kind in known} | {kind.label: kind.code for kind in known}
    names = {path.name for path in files}
    for part in filter(None, text.replace("，", "、").replace(",", "、").split("、")):
        code, colon, name = part.strip().partition(":")
        if code not in codes or (colon and name not in names):
            raise InvalidInput(
                "佐证材料的种类或文件名不正确",
                found=part,
                expected="、".join(f"{kind.code} {kind.label}" for kind in known) + "；文件名与 --file 一致",
                remedy="改正 --set evidence=report 或 evidence=report:整改报告.pdf",
            )
        found[name] = codes[code]
    return found


def _by_name(path: Path, known: Sequence[EvidenceKind]) -> str:
    return next((k.code for k in known if any(word in path.name for word in (k.label, *k.words))), "")


def need_evidence(deed: ActOnCase) -> None:
    """Refuse what claims to be put right without evidence filed since the case was last returned or reopened.

    raises   InvalidInput naming every kind that is missing
    """
    _refuse(deed, _missing_evidence(deed))


def check_application(deed: ActOnCase) -> None:
    """Refuse an application for closure with all that is missing at once: evidence, measures, an open objection."""
    lacks = _missing_evidence(deed)
    left = undone(deed)
    if left:
        lacks["措施未报完"] = "、".join(f"{one.number} {one.text}" for one in left)
    if open_one(deed, RequestKind.OBJECTION) is not None:
        lacks["异议待复核"] = "1件"
    _refuse(deed, lacks)


def _refuse(deed: ActOnCase, lacks: Mapping[str, str]) -> None:
    if not lacks:
        return
    if set(lacks) == {"佐证材料"}:
        raise InvalidInput(
            "申请销号须附佐证材料",
            found=lacks["佐证材料"],
            expected="至少一份",
            remedy="加上 --file 文件，或在报表“佐证材料”栏填写并提供文件夹",
        )
    raise InvalidInput(
        f"{'申请销号' if deed.act is CaseAct.APPLY_CLOSURE else '当场纠正'}的材料和事项不齐",
        found="；".join(f"{what}：{said}" for what, said in lacks.items()),
        expected="必备的佐证材料齐全，方案所列措施逐项报完，异议已经答复",
        remedy="补充 --file 并用 --set evidence=种类 写明；已完成的措施加 --set done=all 或先报进展 --set measure=序号",
    )


def _missing_evidence(deed: ActOnCase) -> dict[str, str]:
    """Return {what is missing: in words}; the files of the act count."""
    given = list(kinds_of_files(deed).values())
    kinds = {*_filed(deed), *given}
    if not kinds:
        return {"佐证材料": "0份"}
    severity = Severity(deed.case.severity)
    missing = [
        kind.label
        for kind in ladder_of(deed.desk, deed.case.campaign_id).clearing.evidence
        if (severity in kind.severities or deed.finding.item in kind.items) and kind.code not in kinds
    ]
    return {"缺少佐证材料": "、".join(missing)} if missing else {}


def _filed(deed: ActOnCase) -> list[str]:
    """Return the kinds of the evidence that counts now, one entry a file."""
    filed = rows_beside(deed.desk, Evidence, deed.case.id)
    if not (deed.case.returns or deed.case.rebounds):
        return [one.kind for one in filed]
    setbacks = [
        entry.on_day
        for entry in history_beside(deed.desk, deed.case.id)
        if entry.to_state == CaseState.RECTIFYING and entry.from_state in LEFT
    ]
    since = setbacks[-1] if setbacks else date.min
    return [one.kind for one in filed if one.filed_on >= since]
