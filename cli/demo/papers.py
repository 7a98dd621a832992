"""How papers leave the office: review with the 发文稿纸, signature, seal, and service by hand where it is needed."""

from __future__ import annotations

from casework.mail.reminders import unserved
from casework.paperwork.documents import find_document, seal_document, sign_documents, void_document
from casework.paperwork.notices import draft_notices
from casework.paperwork.papers import print_pdf, print_sheet
from casework.paperwork.reviewing import put_in_review
from casework.paperwork.serving import serve_document
from cli.demo.units import HIDDEN
from cli.demo.views import PaperView, read_papers
from cli.demo.world import LINKAGE, World
from core.life.rectification import CLOCK_RUNS

SIGNERS = {
    "section": "L-SECTION", "deputy": "L-DEPUTY", "director": "L-DIRECTOR", "committee": "L-COUNTY",
}  # fmt: skip
SHEETS = ("prompt", "urging", "supervision", "rectification_order")
LETTERS = ("closure_notice",)
DRAFTER = "P054"
SEALER = "P053"


def draft(world: World, campaign: str) -> None:
    """Draft the notices of a campaign and send each with its 发文稿纸 to review."""
    with world.desk(by=DRAFTER) as desk:
        drafted = [document.id or 0 for document in draft_notices(desk, campaign)]
    review(world, drafted)


def review(world: World, documents: list[int], *, by: str = DRAFTER) -> None:
    """Send drafts to review; the sheet of every third is printed, on paper the leader signs them all."""
    with world.desk(by=by) as desk:
        for number in documents:
            document = put_in_review(desk, number)
            if number % 3:
                continue
            path = world.folder("sheets") / f"发文稿纸-{document.kind}-{number}.pdf"
            path.write_bytes(print_sheet(desk, document))


def withdraw(world: World) -> None:
    """Void the unsigned sheets that events have overtaken: every case on them has asked for closure meanwhile."""
    moved_on = {case.code for case in world.cases if case.state not in CLOCK_RUNS}
    with world.desk(readonly=True) as desk:
        drafts = [paper for paper in read_papers(desk, "draft") if paper.kind in SHEETS]
    overtaken = [paper.id for paper in drafts if paper.cases and moved_on.issuperset(paper.cases)]
    if overtaken:
        with world.desk(by=SIGNERS["director"]) as desk:
            for number in overtaken:
                void_document(desk, number, "签发前单位已申请销号，不再发出")


def sign(world: World) -> int:
    """Let every leader sign what waits, all papers of a leader in one act; return how many were signed.

    Closure notices wait for the second working day; the others are signed on the day after they were drafted.
    """
    with world.desk(readonly=True) as desk:
        papers = read_papers(desk, "draft", "in_review")
    by_signer: dict[str, list[int]] = {}
    for paper in papers:
        if world.calendar.between(paper.drafted_on, world.today) >= _patience(paper):
            by_signer.setdefault(SIGNERS[paper.signer], []).append(paper.id)
    for leader, numbers in by_signer.items():
        with world.desk(by=leader) as desk:
            sign_documents(desk, numbers)
    return sum(map(len, by_signer.values()))


def _patience(paper: PaperView) -> int:
    if paper.kind == "inspection_notice":
        return 0
    return 2 if paper.kind in LETTERS else 1


def seal(world: World) -> None:
    """Print, seal and store what was signed; the demo's seal is a red circle with the word 示例."""
    with world.desk(by=LINKAGE, readonly=True) as desk:
        waiting = [paper for paper in read_papers(desk, "signed") if paper.needs_seal]
        contents = [(paper, print_pdf(desk, find_document(desk, paper.id))) for paper in waiting]
    # Letters of referral are printed and sealed by the people of their compartment.
    _seal(world, SEALER, [one for one in contents if one[0].kind not in HIDDEN])
    _seal(world, LINKAGE, [one for one in contents if one[0].kind in HIDDEN])


def _seal(world: World, by: str, contents: list[tuple[PaperView, bytes]]) -> None:
    if not contents:
        return
    with world.desk(by=by) as desk:
        for paper, content in contents:
            path = world.folder("sealed") / f"{paper.kind}-{paper.id}.pdf"
            path.write_bytes(content)
            seal_document(desk, paper.id, path)


def serve(world: World) -> None:
    """Serve by hand what was not signed for in time: the officer's list of the day."""
    with world.desk(readonly=True) as desk:
        late = unserved(desk)
    for entry in late:
        number, unit = int(str(entry["id"])), str(entry["unit"])
        channel = "hand" if number % 3 else "left"
        receipt = world.folder("evidence") / f"送达回证-{number}.txt"
        receipt.write_text(
            f"文书{entry['number']}，{world.today}送达{entry['unit_name']}。\n", encoding="utf-8"
        )
        with world.desk(by=world.officer(unit)) as desk:
            serve_document(desk, number, channel, world.today, receipt, note="联络员未按期签收，派员送达")
