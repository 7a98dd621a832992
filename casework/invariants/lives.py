"""Which table keeps which life: the doctor replays the audit of each against its machine."""

from __future__ import annotations

import sqlalchemy as sa

from core.life.archivelife import ARCHIVE
from core.life.campaignlife import INQUIRY, OCCURRENCE, SCOPE_CHANGE
from core.life.declarationlife import DECLARATION
from core.life.delegationlife import DELEGATION
from core.life.freezelife import FREEZE
from core.life.halflife import HALF_REPORT
from core.life.inboundlife import INBOUND
from core.life.incominglife import INCOMING
from core.life.interviewlife import INTERVIEW
from core.life.leadlife import LEAD
from core.life.machines import Machine
from core.life.matterlife import MATTER
from core.life.periodlife import PERIOD, REPORT
from core.life.tasklife import TASK
from core.life.unitlife import UNIT_CHANGE
from models.archive import ArchiveFile
from models.base import table_of
from models.delegation import Delegation
from models.genealogy import UnitChange
from models.halfreport import HalfReport
from models.handling import Freeze
from models.inbound import InboundMail
from models.incoming import Incoming
from models.inquiry import Inquiry
from models.interview import Interview
from models.lead import Lead
from models.matter import LitigationMatter
from models.period import Report, StatPeriod
from models.plan import Occurrence, ScopeChange
from models.pool import RecusalDeclaration
from models.task import Task

LIVES: tuple[tuple[Machine, sa.Table], ...] = (
    (TASK, table_of(Task)),
    (LEAD, table_of(Lead)),
    (INCOMING, table_of(Incoming)),
    (UNIT_CHANGE, table_of(UnitChange)),
    (HALF_REPORT, table_of(HalfReport)),
    (DELEGATION, table_of(Delegation)),
    (DECLARATION, table_of(RecusalDeclaration)),
    (PERIOD, table_of(StatPeriod)),
    (REPORT, table_of(Report)),
    (FREEZE, table_of(Freeze)),
    (SCOPE_CHANGE, table_of(ScopeChange)),
    (OCCURRENCE, table_of(Occurrence)),
    (INQUIRY, table_of(Inquiry)),
    (ARCHIVE, table_of(ArchiveFile)),
    (MATTER, table_of(LitigationMatter)),
    (INTERVIEW, table_of(Interview)),
    (INBOUND, table_of(InboundMail)),
)
