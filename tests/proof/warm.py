"""Imported by the nursery: what every child would load first is there already."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

import casework.mail.posting
import casework.paperwork.papers
import casework.upkeep.backup
import casework.upkeep.doctor
import delivery.typeset
import flows.jobs
import flows.sending
import tests.proof.jobs
from casework.rulesets.library import current_rules
from delivery.wording import list_kinds
from system.paths import RULES_DIR

LOADED = (
    casework.mail.posting,
    casework.paperwork.papers,
    casework.upkeep.backup,
    casework.upkeep.doctor,
    delivery.typeset,
    flows.jobs,
    flows.sending,
    tests.proof.jobs,
)
RULES = current_rules(RULES_DIR)
KINDS = list_kinds()

configure_mappers()
