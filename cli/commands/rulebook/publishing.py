"""`ducha rules publish`: enter new ids in the register, so that none is ever used for something else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.rulebook.reading import Folder, folder_of
from cli.edge import emit
from core.errors import InvalidRuleFile, NotFound

HEAD = """# yaml-language-server: $schema=schema/published.json
# 已公布编号登记：由 ducha rules publish 写入，不手改。编号一经公布，不删除，不改作他用。
"""


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("publish", help="把新编号登记为已公布；--retitle 认可只改了字的标题")(publish)


def publish(
    folder: Folder = None,
    retitle: Annotated[
        list[str] | None, typer.Option("--retitle", help="标题改字、意思未变的编号，可多次")
    ] = None,
) -> None:
    from core.rulebook import RuleFiles, is_error, register_of
    from system.paths import read_texts

    root = folder_of(folder)
    files = RuleFiles(read_texts(root, ".yaml"))
    accepted = set(retitle or ())
    blocking = [
        one
        for one in files.problems
        if is_error(one) and not (one.code == "E307" and any(f"“{name}”" in one.message for name in accepted))
    ]
    if blocking:
        raise InvalidRuleFile(blocking)
    register, fresh, changed, unknown = register_of(files.parts, accepted)
    if unknown:
        raise NotFound(
            "没有这个编号",
            found="、".join(unknown),
            expected="已公布且标题有改动的编号",
            remedy="运行 ducha rules check 查看",
        )
    target = root / "published.yaml"
    text = HEAD + register
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    emit({"file": str(target), "new": fresh, "retitled": changed}, _say)


def _say(data: dict[str, Any]) -> None:
    print(f"已登记到 {Path(data['file'])}：新编号{len(data['new'])}个，改字{len(data['retitled'])}个")
    for name in (*data["new"], *data["retitled"]):
        print(f"  {name}")
