"""Teams and recusal: declarations, decisions, replacements, letters of authorisation."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from cli.edge import emit, reading, writing

recusals = typer.Typer(help="回避：申报、申请、决定", no_args_is_help=True)
teams = typer.Typer(help="督察组：查看、更换人员、授权书", no_args_is_help=True)
Campaign = Annotated[str, typer.Argument(metavar="CODE", help="批次编码")]
Number = Annotated[int, typer.Argument(metavar="ID", help="编号")]
Visit = Annotated[int, typer.Argument(metavar="VISIT", help="督察编号，见 ducha team show")]
WordT = TypeVar("WordT", bound=StrEnum)


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(recusals, name="recusal")
    app.add_typer(teams, name="team")


@recusals.command("declare", help="申报回避情况；没有须回避的情形，只写 --campaign")
def declare(
    person: Annotated[str | None, typer.Option("--person", help="人员编号，默认本人")] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help="批次编码；不写的长期有效")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="与哪个单位")] = None,
    relation: Annotated[
        str, typer.Option("--relation", help="none、interest、kin、former、maker、other")
    ] = "none",
    text: Annotated[str, typer.Option("--text", help="情况")] = "",
    origin: Annotated[
        str | None, typer.Option("--origin", help="代为登记：self、unit、complainant、ex_officio")
    ] = None,
) -> None:
    from casework.staff.declarations import Filing
    from casework.staff.declarations import declare as act
    from casework.staff.declarationviews import describe
    from core.life.declarationlife import Origin, Relation

    with writing() as desk:
        filing = Filing(
            person or desk.actor.code, campaign, unit, _word(Relation, relation, "--relation"), text,
            _word(Origin, origin, "--origin") if origin else None,
        )  # fmt: skip
        result = describe(desk, act(desk, filing))
    emit(result)


def _word(words: type[WordT], text: str, name: str) -> WordT:
    """Return an option as one of the words of an enum."""
    from core.errors import InvalidInput

    try:
        return words(text)
    except ValueError:
        raise InvalidInput(
            f"{name} 的值不对", found=text, expected="、".join(words), remedy=f"改正 {name}"
        ) from None


@recusals.command("decide", help="主要负责人决定是否回避")
def decide(
    number: Number,
    verdict: Annotated[str, typer.Argument(metavar="accept|reject", help="accept 回避，reject 不回避")],
    note: Annotated[str, typer.Option("--note", help="决定理由")] = "",
) -> None:
    from casework.staff.declarations import decide as act
    from casework.staff.declarationviews import describe
    from core.errors import InvalidInput

    if verdict not in ("accept", "reject"):
        raise InvalidInput("决定的写法不对", found=verdict, expected="accept 或 reject", remedy="改正后重试")
    with writing() as desk:
        row, affected = act(desk, number, accept=verdict == "accept", note=note)
        result = {**describe(desk, row), "replace_on_visits": [visit.id for visit in affected]}
    emit(result)


@recusals.command("withdraw", help="撤回尚未决定的申报")
def withdraw(number: Number, note: Annotated[str, typer.Option("--note", help="说明")] = "") -> None:
    from casework.staff.declarations import withdraw as act
    from casework.staff.declarationviews import describe

    with writing() as desk:
        result = describe(desk, act(desk, number, note))
    emit(result)


@recusals.command("list", help="列出可以看到的回避申报")
def list_recusals(
    campaign: Annotated[str | None, typer.Option("--campaign", help="批次编码")] = None,
    pending: Annotated[bool, typer.Option("--pending", help="只列待决定的")] = False,
) -> None:
    from casework.staff.declarationviews import list_declarations

    with reading() as desk:
        result = list_declarations(desk, campaign=campaign, pending=pending)
    emit(result)


@teams.command("show", help="查看各督察组：人员、选用理由、更换、授权书、未申报人员")
def show_teams(code: Campaign) -> None:
    from casework.staff.teamviews import show_teams as view

    with reading() as desk:
        result = view(desk, code)
    emit(result)


@teams.command("candidates", help="列出可以接替某成员的人员，以及其他人不能接替的原因")
def list_candidates(
    visit: Visit, leaving: Annotated[str, typer.Argument(metavar="OUT", help="退出人员编号")]
) -> None:
    from casework.staff.teams import candidates

    with reading() as desk:
        result = [
            {"code": one.code, "load": one.load, "specialties": "、".join(one.specialties),
             "against": "；".join(one.against), "soft": "；".join(one.soft)}
            for one in candidates(desk, visit, leaving)
        ]  # fmt: skip
    emit(result)


@teams.command("replace", help="更换一名成员：核对回避、同日任务和组成规则，记录理由")
def replace(
    visit: Visit,
    leaving: Annotated[str, typer.Argument(metavar="OUT", help="退出人员编号")],
    joining: Annotated[str, typer.Argument(metavar="IN", help="接替人员编号")],
    reason: Annotated[str, typer.Option("--reason", help="理由")] = "",
    declaration: Annotated[int | None, typer.Option("--declaration", help="所依据的回避申报")] = None,
) -> None:
    from casework.inspection.visits import team_of
    from casework.staff.teams import find_visit, replace_member

    with writing() as desk:
        replace_member(desk, visit, leaving, joining, reason, declaration=declaration)
        team = [person.code for person in team_of(desk, find_visit(desk, visit))]
        result = {"visit": visit, "out": leaving, "in": joining, "team": team}
    emit(result)


@teams.command("authorise", help="为各督察组起草授权书（一次一授权），签发、用印同其他文书")
def authorise(
    code: Campaign, visit: Annotated[int | None, typer.Option("--visit", help="只为这次督察")] = None
) -> None:
    from casework.staff.authorising import authorise_teams

    with writing() as desk:
        result = [
            {"document": document.id, "kind": document.kind, "state": document.state}
            for document in authorise_teams(desk, code, visit)
        ]
    emit(result)
