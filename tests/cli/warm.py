"""Imported by the server that forks children: what every child would load first is there already."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers
from typer.main import get_command

import casework.doctor
import casework.papers
import casework.posting
import cli.app
import delivery.typeset
import flows.jobs
from casework.library import current_rules
from delivery.wording import list_kinds
from system.paths import RULES_DIR

LOADED = (casework.doctor, casework.papers, casework.posting, cli.app, delivery.typeset, flows.jobs)
RULES = current_rules(RULES_DIR)
KINDS = list_kinds()

configure_mappers()
COMMAND = get_command(cli.app.app)
