"""What each role may do in the console: declared on every route and denied by default; rows are checked beside this.

A permission opens a page or an act to a role. Which rows of it somebody sees or may act on is decided where the rows
are read (casework), by unit, compartment and author.
source   三员 exclude each other and do no business: GB/T 22239-2019, 8.1.4.2 and 8.1.5
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing a route may be for."""

    ANYBODY = "anybody"  # also whoever is not signed in: the sign-in page, static files
    OWN_ACCOUNT = "own_account"
    HOME = "home"  # the first page: leads everybody to where they begin
    TODAY = "today"
    CASE_VIEW = "case_view"
    CASE_ACT = "case_act"
    CAMPAIGN_VIEW = "campaign_view"
    CAMPAIGN_PLAN = "campaign_plan"
    CAMPAIGN_DECIDE = "campaign_decide"
    VISIT = "visit"
    FINDING_VIEW = "finding_view"
    FINDING_DECIDE = "finding_decide"
    DOCUMENT_VIEW = "document_view"
    DOCUMENT_DRAFT = "document_draft"
    DOCUMENT_SIGN = "document_sign"
    DOCUMENT_SEAL = "document_seal"
    LEAD = "lead"
    MATTER_VIEW = "matter_view"
    MATTER_ACT = "matter_act"
    LINKAGE = "linkage"
    OUTBOX = "outbox"
    INBOX = "inbox"  # mail that came in
    PEOPLE = "people"
    UNITS = "units"
    RULES = "rules"
    CALENDAR = "calendar"
    STATISTICS = "statistics"
    REPORT_ISSUE = "report_issue"
    ARCHIVE = "archive"
    TASKS = "tasks"
    SEARCH = "search"
    HEALTH = "health"
    PORTAL = "portal"
    ACCOUNTS = "accounts"  # open, disable, unlock, reset: the system administrator
    GRANTS = "grants"  # who an account speaks for, and the policy: the security administrator
    AUDIT = "audit"  # the log: the audit administrator


STAFF = frozenset({"officer", "leader", "director", "reviewer", "linkage"})
FIELD = frozenset({"inspector", "verifier", "leader"})
OFFICE = STAFF | FIELD
UNIT = frozenset({"unit"})
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = "system_admin", "security_admin", "audit_admin"
ADMINS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})
EVERYBODY = OFFICE | UNIT | ADMINS

GRANTS: Mapping[Permission, frozenset[str]] = {
    Permission.ANYBODY: EVERYBODY,
    Permission.OWN_ACCOUNT: EVERYBODY,
    Permission.HOME: EVERYBODY,
    Permission.TODAY: OFFICE,
    Permission.CASE_VIEW: OFFICE,
    Permission.CASE_ACT: OFFICE,
    Permission.CAMPAIGN_VIEW: OFFICE,
    Permission.CAMPAIGN_PLAN: frozenset({"officer", "director", "leader"}),
    Permission.CAMPAIGN_DECIDE: frozenset({"director"}),
    Permission.VISIT: OFFICE,
    Permission.FINDING_VIEW: OFFICE,
    Permission.FINDING_DECIDE: frozenset({"officer", "reviewer", "leader", "director"}),
    Permission.DOCUMENT_VIEW: OFFICE,
    Permission.DOCUMENT_DRAFT: frozenset({"officer", "director", "leader", "linkage", "reviewer"}),
    # By post, or by the delegation of a post to anybody of the office: the verb that signs knows which.
    Permission.DOCUMENT_SIGN: OFFICE,
    Permission.DOCUMENT_SEAL: frozenset({"officer", "director", "linkage"}),
    Permission.LEAD: OFFICE,  # who only checks leads sees those given to them
    Permission.MATTER_VIEW: STAFF | UNIT,  # not what a team in the field works with
    Permission.MATTER_ACT: STAFF | UNIT,
    Permission.LINKAGE: OFFICE,  # the compartment lets only its named people see anything, of whatever role
    Permission.OUTBOX: frozenset({"officer", "director", "leader"}),
    Permission.INBOX: frozenset({"officer", "director", "leader", "linkage"}),
    Permission.PEOPLE: STAFF,
    Permission.UNITS: STAFF,
    Permission.RULES: OFFICE,
    Permission.CALENDAR: STAFF,
    Permission.STATISTICS: STAFF,
    Permission.REPORT_ISSUE: frozenset({"officer", "director"}),
    Permission.ARCHIVE: frozenset({"officer", "director"}),
    Permission.TASKS: OFFICE,
    Permission.SEARCH: OFFICE | UNIT,
    Permission.HEALTH: frozenset({"officer", "director", SYSTEM_ADMIN}),
    Permission.PORTAL: UNIT,
    Permission.ACCOUNTS: frozenset({SYSTEM_ADMIN}),
    Permission.GRANTS: frozenset({SECURITY_ADMIN}),
    Permission.AUDIT: frozenset({AUDIT_ADMIN}),
}


# What is open to a contact of a unit who came in by the link of a mail: the portal and the lawsuits against the unit,
# of which notices tell as well; no account to look after.
BY_LINK = frozenset(
    {Permission.ANYBODY, Permission.HOME, Permission.PORTAL, Permission.MATTER_VIEW, Permission.MATTER_ACT}
)


def may(roles: Iterable[str], permission: Permission) -> bool:
    """Tell whether one of the roles opens a permission; what nobody was granted is denied."""
    return not GRANTS.get(permission, frozenset()).isdisjoint(roles)
