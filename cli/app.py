"""`ducha`: the command of the inspection office. Libraries are imported inside the command that needs them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.commands import (
    account,
    archive,
    campaign,
    campaignscope,
    case,
    delegation,
    incoming,
    inquiry,
    interview,
    lead,
    lookback,
    machine,
    mail,
    matter,
    note,
    notice,
    plan,
    pool,
    progress,
    referral,
    register,
    report,
    rulebook,
    simulate,
    stats,
    task,
    team,
    unit,
)
from cli.edge import CALL, USAGE, UsageProblem, day, take_general_options, tell
from core.errors import DuchaError, WorldFailed

app = typer.Typer(
    help="法治督察工作引擎。--json、--by、--today 可以写在命令行的任何位置。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def general(
    as_json: Annotated[bool, typer.Option("--json", help="只输出一份 JSON")] = False,
    by: Annotated[str | None, typer.Option("--by", help="操作人，默认取 DUCHA_ACTOR")] = None,
    today: Annotated[str | None, typer.Option("--today", help="以该日代替今天（YYYY-MM-DD）")] = None,
) -> None:
    """法治督察工作引擎。"""
    CALL.as_json, CALL.by = as_json, by
    CALL.today = day(today, "--today")


register.attach(app)
rulebook.attach(app)
campaign.attach(app)
campaignscope.attach()
notice.attach(app)
mail.attach(app)
plan.attach(app)
interview.attach(app)
case.attach(app)
referral.attach(app)
incoming.attach(app)
inquiry.attach(app)
lead.attach(app)
task.attach(app)
stats.attach(app)
report.attach(app)
archive.attach(app)
simulate.attach(app)
matter.attach(app)
pool.attach(app)
team.attach(app)
progress.attach(app)
note.attach(app)
unit.attach(app)
delegation.attach(app)
lookback.attach(app)
machine.attach(app)
account.attach(app)


def main() -> None:
    """Run the command; exit 0 done, 1 refused, 2 usage, 3 the world failed."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these words; return the exit code."""
    CALL.as_json = "--json" in arguments
    try:
        code = app(args=take_general_options(arguments), prog_name="ducha", standalone_mode=False)
    except DuchaError as error:
        return tell(error)
    except typer.Exit as stopped:
        return int(stopped.exit_code)
    except typer.Abort:
        return tell(UsageProblem("已取消", found="中断", expected="完整的命令", remedy="重新运行"))
    except typer.TyperException as error:
        return _tell_usage(error)
    except BrokenPipeError:
        return 0
    except OSError as error:
        return tell(_file_failed(error))
    return code if isinstance(code, int) else 0


def _file_failed(error: OSError) -> WorldFailed:
    return WorldFailed(
        "文件读写失败",
        found=f"{error.strerror or error}：{error.filename or ''}".rstrip("："),
        expected="可读写的文件和文件夹，足够的磁盘空间",
        remedy="检查路径、权限和磁盘空间后重试",
    )


def _tell_usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    usage = context.get_usage() if context is not None else "ducha --help"
    message = error.format_message() or "缺少命令"
    tell(
        UsageProblem(
            "命令写法不正确",
            found=message,
            expected=usage.replace("Usage: ", ""),
            remedy="运行 ducha --help 查看",
        )
    )
    return USAGE


if __name__ == "__main__":
    main()
