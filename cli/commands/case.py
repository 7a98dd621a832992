"""Rectification cases, answers of the units, counts and reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.errors import InvalidInput
from core.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, KEYS, CaseAct

cases = typer.Typer(help="整改事项：台账、办理、亮灯说明", no_args_is_help=True)
replies = typer.Typer(help="单位的整改情况报告表", no_args_is_help=True)
ledgers = typer.Typer(help="整改台账", no_args_is_help=True)
ACT_HELP = " ".join(f"{act}（{label}）" for act, label in CASE_ACT_LABELS.items())
SET_HELP = "键=值，可多次，*必填： " + " ".join(f"{act}（{'、'.join(keys)}）" for act, keys in KEYS.items())
CaseCode = Annotated[str, typer.Argument(metavar="CASE", help="问题编号，如 2026-ZH-01-D001-03")]
# What happens to a case beside the acts of people, and what is told of an entry of its history
OTHER_ACTS = {
    "open": "立项",
    "import": "由旧台账导入",
    "set_due": "确定整改期限",
    "light": "亮灯",
    "set_aside": "巡检搁置",
}
DETAILS = {
    "light": "", "due_on": "到期日", "percent": "完成率", "verdict": "结论", "until": "至", "event": "事件",
    "measures": "", "text": "", "note": "", "error": "",
}  # fmt: skip


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(cases, name="case")
    app.add_typer(replies, name="reply")
    app.add_typer(ledgers, name="ledger")
    app.command("stats", help="统计：份、条、人次、件分开计数")(stats)
    app.command("report", help="批次报告（单个 HTML 文件，附图）")(report)


@cases.command("list", help="列出整改事项")
def list_(
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
    unit: Annotated[str | None, typer.Option(help="单位编码")] = None,
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    light: Annotated[str | None, typer.Option(help="灯色：none、blue、yellow、orange、red、black")] = None,
) -> None:
    from casework.caselist import list_cases

    with reading() as desk:
        result = list_cases(desk, campaign=campaign, unit=unit, state=state, light=light)
    emit(result, _say_cases)


def _say_cases(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value([_worded(row) for row in rows], CASE_STATE_LABELS)


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a case with the words of its ladder in the place of the codes of its lights."""
    words = row.get("light_words", {})
    said = {key: value for key, value in row.items() if key not in ("light_word", "light_words")}
    highest = words.get(row["highest_light"], row["highest_light"])
    return {**said, "light": row["light_word"], "highest_light": highest}


@cases.command("show", help="查看一个整改事项及其办理过程")
def show(code: CaseCode) -> None:
    from casework.caselist import show_case

    with reading() as desk:
        result = show_case(desk, code)
    emit(result, _say_case)


def _say_case(data: dict[str, Any]) -> None:
    from cli.tables import print_value

    acts = "、".join(f"{name} {CASE_ACT_LABELS[CaseAct(name)]}" for name in data["acts"])
    facts = {key: value for key, value in _worded(data).items() if key != "timeline"}
    print_value({**facts, "acts": acts or "无"}, CASE_STATE_LABELS)
    if "timeline" in data:
        print("办理过程：")
        print_value([_entry(entry, data["light_words"]) for entry in data["timeline"]])


def _entry(entry: dict[str, Any], light_words: dict[str, str]) -> dict[str, str]:
    said = json.loads(entry["detail"]) if entry["detail"] else {}
    words = [
        f"{label}{light_words[said[key]] if key == 'light' else said[key]}"
        for key, label in DETAILS.items()
        if key in said
    ]
    before, after = (CASE_STATE_LABELS.get(entry[end], "") for end in ("from", "to"))
    return {
        "日期": str(entry["on"]),
        "经办": entry["actor"],
        "操作": CASE_ACT_LABELS.get(entry["act"]) or OTHER_ACTS.get(entry["act"], entry["act"]),
        "状态": after if before in ("", after) else f"{before}→{after}",
        "内容": "；".join(words),
    }


@cases.command("explain", help="为什么是这个灯：事实、规则、日历的推算")
def explain(code: CaseCode) -> None:
    from casework.explaining import explain_case
    from cli.explanations import say_explanation

    with reading() as desk:
        result = explain_case(desk, code).as_dict()
    emit(result, say_explanation)


@cases.command("act", help="办理一个操作，如 submit_plan、verify、close")
def act(
    code: CaseCode,
    name: Annotated[str, typer.Argument(metavar="ACT", help=ACT_HELP)],
    on: Annotated[str | None, typer.Option(help="办理日期，默认今天")] = None,
    note: Annotated[str, typer.Option(help="说明或理由")] = "",
    file: Annotated[list[Path] | None, typer.Option(help="佐证材料，可多次")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
) -> None:
    from casework.caselist import show_case
    from casework.cases import act_on_case

    with writing() as desk:
        act_on_case(
            desk,
            code,
            name,
            on=day(on, "--on"),
            note=note,
            files=[existing(path) for path in file or ()],
            values=_pairs(set_ or []),
        )
        result = show_case(desk, code, timeline=False)
    emit(result, _say_case)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InvalidInput(
                "--set 的写法不正确", found=text, expected="键=值", remedy="例如 --set percent=60"
            )
        pairs[key] = value
    return pairs


@replies.command("import", help="导入单位填报的整改情况报告表")
def import_(
    file: Annotated[Path, typer.Argument(help="报告表（.xlsx）")],
    evidence: Annotated[Path | None, typer.Option(help="佐证材料文件夹")] = None,
) -> None:
    from casework.replies import import_reply

    with writing() as desk:
        result = import_reply(desk, existing(file), evidence)
    emit(result)


@ledgers.command("export", help="导出整改台账（.xlsx）")
def export(
    file: Annotated[Path, typer.Argument(help="输出文件")],
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
) -> None:
    from casework.ledger import export_ledger

    with reading() as desk:
        content = export_ledger(desk, campaign=campaign)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    emit({"file": str(file), "bytes": len(content)})


def stats(campaign: Annotated[str | None, typer.Option(help="批次编码")] = None) -> None:
    from casework.statistics import count

    with reading() as desk:
        result = count(desk, campaign=campaign).as_dict()
    emit(result, _say_stats)


def _say_stats(data: dict[str, Any]) -> None:
    for group in data["groups"]:
        print(group["name"])
        for row in group["rows"]:
            shown = "—" if row["value"] is None else f"{row['value']}{row['unit']}"
            print(f"  {row['label']}：{shown}")


def report(
    code: Annotated[str, typer.Argument(help="批次编码")],
    out: Annotated[Path, typer.Option(help="输出文件夹")],
) -> None:
    from casework.reports import campaign_report
    from delivery.report import render_report

    with reading() as desk:
        text = render_report(campaign_report(desk, code))
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"督察报告-{code}.html"
    path.write_text(text, encoding="utf-8")
    emit({"file": str(path)})
