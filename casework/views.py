"""The read side: what pages and commands show, each in a fixed number of queries however many cases there are."""

from __future__ import annotations

from casework.paging import Cursor, Page
from casework.paperwork.docket import Docket, DocumentFilters, documents_view
from casework.paperwork.paperview import DocumentPage, document_view, need_paper
from casework.rectification.board import Ledger, LedgerFilters, ledger_view
from casework.rectification.casefile import CaseFile, case_view
from casework.rows import CaseRow, DocumentRow, Pile
from casework.todo import Todo, todo_view

__all__ = [
    "CaseFile",
    "CaseRow",
    "Cursor",
    "Docket",
    "DocumentFilters",
    "DocumentPage",
    "DocumentRow",
    "Ledger",
    "LedgerFilters",
    "Page",
    "Pile",
    "Todo",
    "case_view",
    "document_view",
    "documents_view",
    "ledger_view",
    "need_paper",
    "todo_view",
]
