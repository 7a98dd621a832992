"""Imported by the server that forks children: what every child would load first is there already."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers
from typer.main import get_command

import casework.mail.posting
import casework.paperwork.papers
import casework.upkeep.doctor
import cli.app
import delivery.typeset
import flows.jobs
from casework.rulesets.library import current_rules
from delivery.wording import list_kinds
from system.paths import RULES_DIR

LOADED = (
    casework.upkeep.doctor,
    casework.paperwork.papers,
    casework.mail.posting,
    cli.app,
    delivery.typeset,
    flows.jobs,
)
RULES = current_rules(RULES_DIR)
KINDS = list_kinds()

configure_mappers()
COMMAND = get_command(cli.app.app)
