"""All tables, imported once so that the metadata is complete wherever it is needed."""

from __future__ import annotations

from models.account import Account, ApiToken, PortalLink, WebSession
from models.apicall import ApiCall
from models.archive import ArchiveFile
from models.campaign import Campaign, CheckRecord, Finding, RuleSet, Visit, VisitMember
from models.chat import ChatNotice
from models.checking import CheckAttachment, CheckDraft, PlanDraft
from models.delegation import Delegation
from models.document import (
    Document,
    DocumentApproval,
    DocumentCase,
    DocumentFile,
    DocumentItem,
    DocumentReply,
    DocumentView,
    NumberSeries,
    ServiceRecord,
)
from models.genealogy import UnitChange, UnitChangeParty
from models.halfreport import HalfReport
from models.handling import Complaint, Freeze, Measure, RectificationPlan, StageGoal, Verification
from models.inbound import InboundMail, InboundPart
from models.incoming import Incoming
from models.inquiry import FieldCount, Inquiry, InquiryItem, InquiryReturn
from models.interview import Interview, InterviewPerson
from models.lead import Lead, LeadExtension, LeadSource
from models.lease import Lease
from models.matter import (
    LitigationMatter,
    MatterAssessment,
    MatterDate,
    MatterEvent,
    MatterFact,
    MatterParty,
    MatterResult,
    MatterSheet,
)
from models.matterwork import MatterLink, MatterOnes, MatterPaper
from models.meeting import CompartmentReader, JointSupervision, LinkageItem, Meeting
from models.message import JournalledMail, MailDay, MailPace, Message, MessageBody
from models.note import ContactNote
from models.organisation import Office, Person, Unit
from models.period import ContactPoint, Filing, Institution, Report, StatPeriod
from models.plan import (
    AnnualPlan,
    CampaignCase,
    CampaignOriginal,
    Milestone,
    Occurrence,
    PlanReference,
    ScopeChange,
)
from models.pool import (
    Authorisation,
    Draw,
    PoolMember,
    RecusalDeclaration,
    Replacement,
    Training,
)
from models.record import AuditCheckpoint, AuditEntry, AuditHead, CalendarProposal, CalendarTable, Note, Tick
from models.rectification import Evidence, Rectification, Rung, SideRequest
from models.referral import Referral, ReferralMaterial, ReferralSanction
from models.task import Task

__all__ = [
    "Account",
    "AnnualPlan",
    "ApiCall",
    "ApiToken",
    "ArchiveFile",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "Authorisation",
    "CalendarProposal",
    "CalendarTable",
    "Campaign",
    "CampaignCase",
    "CampaignOriginal",
    "ChatNotice",
    "CheckAttachment",
    "CheckDraft",
    "CheckRecord",
    "CompartmentReader",
    "Complaint",
    "ContactNote",
    "ContactPoint",
    "Delegation",
    "Document",
    "DocumentApproval",
    "DocumentCase",
    "DocumentFile",
    "DocumentItem",
    "DocumentReply",
    "DocumentView",
    "Draw",
    "Evidence",
    "FieldCount",
    "Filing",
    "Finding",
    "Freeze",
    "HalfReport",
    "InboundMail",
    "InboundPart",
    "Incoming",
    "Inquiry",
    "InquiryItem",
    "InquiryReturn",
    "Institution",
    "Interview",
    "InterviewPerson",
    "JointSupervision",
    "JournalledMail",
    "Lead",
    "LeadExtension",
    "LeadSource",
    "Lease",
    "LinkageItem",
    "LitigationMatter",
    "MailDay",
    "MailPace",
    "MatterAssessment",
    "MatterDate",
    "MatterEvent",
    "MatterFact",
    "MatterLink",
    "MatterOnes",
    "MatterPaper",
    "MatterParty",
    "MatterResult",
    "MatterSheet",
    "Measure",
    "Meeting",
    "Message",
    "MessageBody",
    "Milestone",
    "Note",
    "NumberSeries",
    "Occurrence",
    "Office",
    "Person",
    "PlanDraft",
    "PlanReference",
    "PoolMember",
    "PortalLink",
    "Rectification",
    "RectificationPlan",
    "RecusalDeclaration",
    "Referral",
    "ReferralMaterial",
    "ReferralSanction",
    "Replacement",
    "Report",
    "RuleSet",
    "Rung",
    "ScopeChange",
    "ServiceRecord",
    "SideRequest",
    "StageGoal",
    "StatPeriod",
    "Task",
    "Tick",
    "Training",
    "Unit",
    "UnitChange",
    "UnitChangeParty",
    "Verification",
    "Visit",
    "VisitMember",
    "WebSession",
]
