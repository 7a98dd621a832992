"""归档的办理: pack, check, number, hand over, appraise, decide by a second person."""

from __future__ import annotations

import re

from fastapi.responses import Response

from casework.archive.archiving import appraise, file_away, find_file, transfer
from casework.archive.packages import decide_and_clear, pack_and_keep, verify_package
from casework.staff.people import require_role
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.pages.figures.archive import archive_page, file_page
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import InvalidInput

router = Pages(Permission.ARCHIVE)
SEVERAL = re.compile(r"[、，,；;\s]+")
MOST = 200


@router.act("/archive/pack", again=archive_page)
def pack(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Pack what has ended, one file each; all of them or none."""
    wanted = [tuple(one.split(":", 1)) for one in form.many("ready") if ":" in one]
    subject = form.text("subject") or "case"
    wanted += [(subject, code) for code in SEVERAL.split(form.text("codes")) if code]
    if not 0 < len(wanted) <= MOST:
        raise InvalidInput(
            "没有选择要装卷的事项", found=f"{len(wanted)}件", expected=f"1至{MOST}件", remedy="勾选或填写编号"
        )
    with visit.desk() as desk:
        require_role(desk, ("officer", "director"), "装卷归档")

    def work(job: Job) -> Outcome:
        lines = []
        with visit.acting() as desk:
            for number, (kind, code) in enumerate(wanted):
                job.tell(number, len(wanted), f"正在装卷 {code}")
                row = pack_and_keep(desk, kind, code)
                lines.append(f"{row.code} {row.title}：{row.members}件，校验值{row.sha256[:16]}")
        return Outcome(f"已装卷{len(wanted)}件", "/archive?state=packed", lines=tuple(lines))

    return done(jobs.start(visit, "装卷", work))


@router.act("/archive/{number}/verify", again=file_page)
def verify(visit: HasVisit, number: int, _form: HasForm, jobs: HasJobs) -> Response:
    """Check the kept package against the register; one from elsewhere carries its own script."""
    with visit.desk() as desk:
        code = find_file(desk, number).code

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在核对每个文件")
        with visit.world.desk(visit.who) as desk:
            found = verify_package(desk, number)
        said = f"核对文件{found.files}个、过程记录{found.steps}条，" + (
            "全部相符" if found.ok else "有不符之处"
        )
        return Outcome(said, f"/archive/{number}", lines=found.problems)

    return done(jobs.start(visit, f"核验案卷 {code}", work))


@router.act("/archive/{number}/file", again=file_page)
def number_it(visit: HasVisit, number: int, _form: HasForm) -> Response:
    """Give a packed file its archive number."""
    with visit.acting() as desk:
        row = file_away(desk, number)
        said = f"已归档，档号{row.archive_no}"
    return done(f"/archive/{number}", said)


@router.act("/archive/transfer", again=archive_page)
def hand_over(visit: HasVisit, form: HasForm) -> Response:
    """Record that files were handed to the archive."""
    numbers = form.numbers("file")
    if not numbers:
        raise InvalidInput("没有选择案卷", found="0卷", expected="至少一卷", remedy="勾选已移交的案卷")
    with visit.acting() as desk:
        rows = transfer(desk, numbers, form.text("transfer_note"))
    return done("/archive", f"已登记移交{len(rows)}卷")


@router.act("/archive/{number}/appraise", again=file_page)
def give_opinion(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Give the opinion on a file whose term has ended."""
    with visit.acting() as desk:
        appraise(desk, number, form.text("appraise_note"))
    return done(f"/archive/{number}", "已提出鉴定意见，由另一人批准")


@router.act("/archive/{number}/decide", again=file_page)
def decide(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Decide on an appraised file: keep it on, or have it destroyed."""
    verdict = form.text("verdict")
    if verdict not in ("keep", "destroy"):
        raise InvalidInput(
            "没有选择续存或销毁", found=verdict[:20] or "空", expected="续存或销毁", remedy="选择后提交"
        )
    with visit.acting() as desk:
        decide_and_clear(desk, number, destroy=verdict == "destroy", note=form.text("decide_note"))
    return done(f"/archive/{number}", "已批准销毁，目录保留" if verdict == "destroy" else "已批准续存")
