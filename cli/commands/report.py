"""Reports: of a campaign as HTML and .docx, of a period, bulletins; kept ones are issued with a number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.edge import UsageProblem, day, emit, reading, writing

if TYPE_CHECKING:
    from casework.desk import Desk
    from casework.reports.reporting import Composed
    from models.period import Report


class CodeOrCommand(TyperGroup):
    """`report CODE` is short for `report campaign CODE`."""

    default_command = "campaign"

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = [self.default_command, *args]
        return super().resolve_command(ctx, args)


group = typer.Typer(
    cls=CodeOrCommand, help="报告：批次报告（批次编码）、通报、半月至年度报告", no_args_is_help=True
)
OutOption = Annotated[Path, typer.Option("--out", help="输出文件夹")]
CampaignOption = Annotated[str | None, typer.Option("--campaign", help="批次编码")]
KeepOption = Annotated[bool, typer.Option("--keep", help="存为草稿，待印发（须 --by）")]
Number = Annotated[int, typer.Argument(metavar="ID", help="报告编号")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="report")


@group.command("campaign", help="批次的督察报告：HTML 附图，另有可在 WPS 中修改的 .docx")
def campaign(
    code: Annotated[str, typer.Argument(help="批次编码")],
    out: OutOption,
    total: Annotated[bool, typer.Option("--rectification", help="另出整改情况总报告")] = False,
) -> None:
    from casework.reports.campaignreport import campaign_report
    from casework.reports.issuing import print_composed
    from casework.reports.reporting import compose_campaign
    from delivery.report import render_report

    with reading() as desk:
        files = {f"督察报告-{code}.html": render_report(campaign_report(desk, code)).encode()}
        files[f"督察报告-{code}.docx"] = print_composed(desk, compose_campaign(desk, code))
        if total:
            files[f"整改总报告-{code}.docx"] = print_composed(
                desk, compose_campaign(desk, code, "rectification")
            )
    paths = _write(out, files)
    emit({"file": paths[0], "docx": paths[1], "files": paths})


@group.command("period", help="半月、月、季度、年度报告")
def period(
    kind: Annotated[str, typer.Option("--kind", help="half_month、month、quarter 或 year")],
    on: Annotated[str, typer.Option("--on", help="该期中的任一日")],
    out: OutOption,
    keep: KeepOption = False,
) -> None:
    from casework.reports.periods import read_kind
    from casework.reports.reporting import compose_period

    def compose(desk: Desk) -> Composed:
        wanted = day(on, "--on")
        assert wanted is not None  # required option
        return compose_period(desk, read_kind(kind), wanted)

    _print(compose, out, keep=keep)


@group.command("bulletin", help="通报：总体情况、单位评价、多发问题")
def bulletin(
    out: OutOption,
    campaign: CampaignOption = None,
    from_on: Annotated[str | None, typer.Option("--from", help="自某日（含）")] = None,
    to_on: Annotated[str | None, typer.Option("--to", help="至某日（含）")] = None,
    keep: KeepOption = False,
) -> None:
    from casework.reports.reporting import compose_bulletin

    def compose(desk: Desk) -> Composed:
        return compose_bulletin(
            desk, campaign=campaign, from_on=day(from_on, "--from"), to_on=day(to_on, "--to")
        )

    _print(compose, out, keep=keep)


@group.command("focus", help="多发问题：建议下一批次关注的事项，附可粘贴的方案片段")
def focus(
    campaign: CampaignOption = None,
    from_on: Annotated[str | None, typer.Option("--from", help="自某日（含）")] = None,
    to_on: Annotated[str | None, typer.Option("--to", help="至某日（含）")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="把片段写入此文件")] = None,
) -> None:
    from casework.counts.countscope import scope_of
    from casework.inspection.focus import as_rows, plan_snippet, suggest_focus

    with reading() as desk:
        found = suggest_focus(
            scope_of(desk, campaign=campaign, from_on=day(from_on, "--from"), to_on=day(to_on, "--to"))
        )
    text = plan_snippet(found)
    if out is not None:
        if out.exists():
            raise UsageProblem("文件已存在", found=str(out), expected="新文件", remedy="换一个文件名")
        out.write_text(text, encoding="utf-8")
    emit({"items": as_rows(found), "snippet": text}, lambda data: print(data["snippet"], end=""))


@group.command("issue", help="印发：主任签发，通报取得当年下一期号")
def issue(number: Number) -> None:
    from casework.reports.issuing import issue_report

    with writing() as desk:
        result = _row(issue_report(desk, number))
    emit(result, states=_states())


@group.command("void", help="放弃草稿，或作废已印发的报告（期号不再使用）")
def void(number: Number, reason: Annotated[str, typer.Option("--reason", help="理由")]) -> None:
    from casework.reports.issuing import end_report

    with writing() as desk:
        result = _row(end_report(desk, number, reason))
    emit(result, states=_states())


@group.command("list", help="列出存下的报告")
def list_() -> None:
    from casework.reports.issuing import list_reports

    with reading() as desk:
        result = [_row(row) for row in list_reports(desk)]
    emit(result, states=_states())


@group.command("export", help="导出存下的报告（.docx）")
def export(number: Number, out: OutOption) -> None:
    from casework.reports.issuing import find_report, print_report

    with reading() as desk:
        row = find_report(desk, number)
        files = {f"{_file_name(row.title)}.docx": print_report(desk, row)}
    emit({"file": _write(out, files)[0]})


def _print(compose: Any, out: Path, *, keep: bool) -> None:
    from casework.reports.issuing import keep_report, print_composed

    with writing() if keep else reading() as desk:
        composed = compose(desk)
        content = print_composed(desk, composed)
        row = keep_report(desk, composed) if keep else None
        number = row.id if row else None
    path = _write(out, {f"{_file_name(composed.title)}.docx": content})[0]
    emit({"file": path, "docx": path, "id": number, "title": composed.title})


def _write(out: Path, files: dict[str, bytes]) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = out / name
        path.write_bytes(content)
        paths.append(str(path))
    return paths


def _file_name(title: str) -> str:
    """Return a title as a file name: no path, no quotes."""
    return "".join(letter for letter in title if letter not in '\\/:*?"<>|“”')


def _row(row: Report) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "year": row.year,
        "issue": row.issue,
        "title": row.title,
        "drafted_by": row.drafted_by,
        "drafted_on": str(row.drafted_on),
        "issued_on": str(row.issued_on) if row.issued_on else None,
        "sha256": row.sha256,
    }


def _states() -> Any:
    from core.life.periodlife import REPORT

    return REPORT.state_labels
