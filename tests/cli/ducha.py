"""The `ducha` command as a test runs it: in this process, or as a child of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import cli.edge
from cli.app import run
from system.paths import ROOT

GENERAL = {"as_json": False, "by": None, "today": None}
ERROR_KEYS = {"what", "found", "expected", "remedy"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of the command gave back."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return the one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """Return the error of a refused `--json` call, after looking at its form on both channels."""
        said = self.data
        assert set(said) >= {"ok", "error"}
        assert said["ok"] is False
        assert set(said["error"]) >= ERROR_KEYS
        assert "error: " in self.err
        error: dict[str, str] = said["error"]
        return error


@dataclass(slots=True)
class Ducha:
    """One office on one database in one folder; every call gets its settings from the environment alone."""

    folder: Path
    day: date = date(2026, 2, 10)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "ducha.db"

    @property
    def environment(self) -> dict[str, str]:
        """Return the whole environment of a call: nothing of the machine's own settings comes through."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("DUCHA_")}
        return clean | {
            "DUCHA_DATABASE_URL": f"sqlite:///{self.database}",
            "DUCHA_FILES": str(self.folder / "files"),
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }

    def __call__(self, *words: object, by: str | None = None) -> Answer:
        """Run the command with `--json` on the day of this world."""
        return self.run(*words, *(["--by", by] if by else []), "--json", "--today", self.day)

    def ok(self, *words: object, by: str | None = None) -> Any:
        """Run the command, see that it succeeds and says nothing on stderr, and return its JSON document."""
        answer = self(*words, by=by)
        assert (answer.code, answer.err) == (0, ""), answer
        return answer.data

    def refused(self, *words: object, by: str | None = None, code: int = 1) -> dict[str, str]:
        """Run the command, see that it fails with this exit code, and return the error it told."""
        answer = self(*words, by=by)
        assert answer.code == code, answer
        return answer.error

    def run(self, *words: object) -> Answer:
        """Run the command with exactly these words in this process."""
        texts = tuple(str(word) for word in words)
        out, err = io.StringIO(), io.StringIO()
        with self._environment(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(texts))
        return Answer(texts, code, out.getvalue(), err.getvalue())

    def child(self, *words: object, prefix: tuple[str, ...] = ()) -> Answer:
        """Run the command with exactly these words in a process of its own."""
        texts = tuple(str(word) for word in words)
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "cli.app", *texts],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(texts, done.returncode, done.stdout, done.stderr)

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        before, here = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        for name, value in GENERAL.items():
            setattr(cli.edge.CALL, name, value)
        try:
            yield
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
