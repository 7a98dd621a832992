"""The folder name is the document kind: codes, rules and templates name the same set."""

from __future__ import annotations

import pytest

from core.codes import DOCUMENT_KIND_LABELS, DocumentKind
from core.rulebook import load_rulebook
from system.paths import RULES_DIR, TEMPLATES_DIR, read_texts

KINDS = {kind.value for kind in DocumentKind}


def test_every_document_kind_has_a_template_folder_and_every_folder_a_kind() -> None:
    assert {folder.name for folder in (TEMPLATES_DIR / "documents").iterdir() if folder.is_dir()} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_template_folder_holds_a_subject_and_a_body(kind: str) -> None:
    names = {path.name for path in (TEMPLATES_DIR / "documents" / kind).iterdir()}

    assert names >= {"subject.txt.j2", "body.md.j2"}


def test_every_document_kind_has_a_rule_and_every_rule_a_kind() -> None:
    rulebook = load_rulebook(read_texts(RULES_DIR, ".yaml"))

    assert set(rulebook.documents) == KINDS
    assert {rule.code for rule in rulebook.documents.values()} == KINDS


def test_every_document_that_a_rung_or_a_colour_sends_is_a_kind() -> None:
    ladders = load_rulebook(read_texts(RULES_DIR, ".yaml")).ladders.values()
    sent = {
        rung.document for ladder in ladders for profile in ladder.profiles.values() for rung in profile.rungs
    }

    assert sent <= KINDS


def test_every_document_kind_has_a_name_that_people_read() -> None:
    assert DOCUMENT_KIND_LABELS.keys() == set(DocumentKind)
