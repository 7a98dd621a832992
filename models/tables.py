"""All tables, imported once so that the metadata is complete wherever it is needed."""

from __future__ import annotations

from models.campaign import Campaign, CheckRecord, Finding, RuleSet, Visit, VisitMember
from models.document import (
    Document,
    DocumentCase,
    DocumentFile,
    NumberSeries,
    ServiceRecord,
)
from models.message import Message, MessageBody
from models.organisation import Office, Person, Unit
from models.record import AuditCheckpoint, AuditEntry, AuditHead, CalendarProposal, CalendarTable, Note, Tick
from models.rectification import Evidence, Rectification, Rung, SideRequest
from models.referral import Referral
from models.task import Task

__all__ = [
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "CalendarProposal",
    "CalendarTable",
    "Campaign",
    "CheckRecord",
    "Document",
    "DocumentCase",
    "DocumentFile",
    "Evidence",
    "Finding",
    "Message",
    "MessageBody",
    "Note",
    "NumberSeries",
    "Office",
    "Person",
    "Rectification",
    "Referral",
    "RuleSet",
    "Rung",
    "ServiceRecord",
    "SideRequest",
    "Task",
    "Tick",
    "Unit",
    "Visit",
    "VisitMember",
]
