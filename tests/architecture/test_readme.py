"""What README and the guides tell people to type exists, and so does every file they point to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import LAYERS, ROOT, relative

README = ROOT / "README.md"
GUIDES = (README, *sorted((ROOT / "docs").rglob("*.md")))
SHELL_BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
MAKE_TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
ASSIGNMENT = re.compile(r"[A-Za-z_]+=")

# The contract: commands that people and other programs rely on.
PROMISED = """
init | rules check | rules show | rules resolve | rules diff | rules explain | rules schema
calendar add | calendar import | calendar confirm | calendar reject | calendar proposals
import units | import people | import ledger | campaign plan | campaign approve | campaign open | campaign close
checklist export | checklist import | finding list | finding confirm | finding withdraw
notice draft | notice sheet | notice sign | notice seal | notice serve | notice list | notice show | notice void
outbox send | outbox list | outbox resolve | sweep | case list | case show | case explain | case act | reply import
referral list | referral show | referral screen | referral study | referral approve | referral decline | referral send
referral receipt | referral result | stats | report | ledger export | audit verify | doctor | backup | restore
clock | serve | demo | settings
"""


def typed_lines(path: Path, program: str) -> Iterator[list[str]]:
    """Yield the words after `program` of each line of the shell blocks of a guide."""
    for block in SHELL_BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and (ASSIGNMENT.match(words[0]) or words[0] == "sudo"):
                words = words[1:]
            if words and words[0].rsplit("/", 1)[-1] == program:
                yield words[1:]


@cache
def command_tree() -> Any:
    """Return the click group behind `ducha`."""
    import typer

    import cli.app  # the command line is asked only by the tests that need it

    app = next(value for value in vars(cli.app).values() if isinstance(value, typer.Typer))
    return typer.main.get_command(app)


def missing_in_command(words: list[str]) -> str | None:
    """Return what `ducha` does not know of these words: a sub-command or an option; None when it knows all."""
    command, options = command_tree(), set[str]({"--help", "--version"})
    rest = list(words)
    while True:
        options |= {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
        children = getattr(command, "commands", {})
        index = next((i for i, word in enumerate(rest) if not word.startswith("-")), None)
        if not children or index is None:
            break
        default = getattr(command, "default_command", None)  # `report CODE` is `report campaign CODE`
        if rest[index] not in children and default:
            rest.insert(index, default)
        if rest[index] not in children:
            return f"ducha has no command {rest[index]!r} in: {' '.join(words)}"
        command = children[rest.pop(index)]
    unknown = [w.split("=")[0] for w in rest if w.startswith("--") and w.split("=")[0] not in options]
    return f"no option {unknown[0]} in: ducha {' '.join(words)}" if unknown else None


@pytest.mark.parametrize("guide", GUIDES, ids=relative)
def test_every_make_target_that_a_guide_names_exists(guide: Path) -> None:
    targets = set(MAKE_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {word for words in typed_lines(guide, "make") for word in words if not ASSIGNMENT.match(word)}

    assert named <= targets


@pytest.mark.parametrize("guide", GUIDES, ids=relative)
def test_every_ducha_command_that_a_guide_names_exists(guide: Path) -> None:
    wrong = [missing for words in typed_lines(guide, "ducha") if (missing := missing_in_command(words))]

    assert wrong == []


@pytest.mark.parametrize("command", [part.strip() for part in re.split(r"[|\n]", PROMISED) if part.strip()])
def test_every_promised_command_exists(command: str) -> None:
    assert missing_in_command(command.split()) is None


@pytest.mark.parametrize("guide", GUIDES, ids=relative)
def test_every_link_of_a_guide_leads_somewhere(guide: Path) -> None:
    links = [link for link in LINK.findall(guide.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (guide.parent / link).exists()] == []


def test_the_makefile_has_the_targets_of_the_contract_and_explains_each_in_two_languages() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    helped = re.findall(r"^([a-z]+):.*## (.+) \| (.+)$", makefile, re.MULTILINE)

    assert (
        " ".join(sorted(name for name, _, _ in helped))
        == "bench bundle check demo golden help lock migration mutants peers prefect proof rules serve simulate test"
    )


def test_readme_names_every_folder_of_the_tree() -> None:
    text = README.read_text(encoding="utf-8")
    folders = [
        *LAYERS,
        "rules",
        "templates",
        "migrations",
        "tests",
        "benchmarks",
        "examples",
        "deploy",
        "docs",
    ]

    assert [folder for folder in folders if f"{folder}/" not in text] == []


def test_the_paths_of_the_where_do_i_change_table_exist() -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    named = {
        path for row in rows for path in re.findall(r"`([a-z_]+/[\w./<>*-]*|[a-z]+\.(?:yaml|toml))`", row)
    }

    assert named
    assert sorted(path for path in named if not exists(path)) == []


def exists(pattern: str) -> bool:
    """Say whether a path, in which <…> and * stand for any name, is in the repository."""
    glob = re.sub(r"<[^>]*>", "*", pattern).rstrip("/")
    return any(ROOT.glob(glob))
