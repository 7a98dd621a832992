"""The folder name is the document kind: rules and templates name the same set, and every use names one of it."""

from __future__ import annotations

import pytest

from core.codes import DocumentContent
from core.rulebook import load_rulebook
from system.paths import RULES_DIR, TEMPLATES_DIR, read_texts

RULES = load_rulebook(read_texts(RULES_DIR, ".yaml"))
KINDS = set(RULES.documents)


def test_every_document_kind_has_a_template_folder_and_every_folder_a_kind() -> None:
    assert {folder.name for folder in (TEMPLATES_DIR / "documents").iterdir() if folder.is_dir()} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_template_folder_holds_a_subject_a_body_and_a_sample(kind: str) -> None:
    names = {path.name for path in (TEMPLATES_DIR / "documents" / kind).iterdir()}

    assert names == {"subject.txt.j2", "body.md.j2", "sample.yaml"}


def test_every_document_that_a_rung_or_a_colour_sends_is_a_sheet() -> None:
    sent = {
        rung.document
        for ladder in RULES.ladders.values()
        for profile in ladder.profiles.values()
        for rung in profile.rungs
    } | {colour.document for ladder in RULES.ladders.values() for colour in ladder.colours}

    assert {RULES.document(kind).content for kind in sent} == {DocumentContent.SHEET}
