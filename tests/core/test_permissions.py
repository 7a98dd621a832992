"""Who may do what: the whole table once more, from the side of the roles; scopes of programs; the words for both."""

from __future__ import annotations

import pytest

from core.access.permissions import BY_LINK, GRANTS, Permission, may
from core.access.scopes import AREA_LABELS, READ_ONLY, Area, every_scope, is_within, scope_of
from core.access.words import PERMISSION_LABELS, ROLE_LABELS, matrix, word_of

# Written by hand, role by role; the table that it is compared with goes by permissions.
EVERYBODY = "anybody own_account home"
FIELD = (
    f"{EVERYBODY} today case_view case_act campaign_view visit finding_view document_view document_sign lead linkage"
    " rules tasks search"
)
STAFF = f"{FIELD} matter_view matter_act people units calendar statistics"
DUTIES = {
    "inspector": FIELD,
    "verifier": FIELD,
    "reviewer": f"{STAFF} finding_decide document_draft",
    "linkage": f"{STAFF} document_draft document_seal inbox",
    "leader": f"{STAFF} campaign_plan finding_decide document_draft outbox inbox",
    "officer": f"{STAFF} campaign_plan finding_decide document_draft document_seal outbox inbox report_issue archive"
    " health",
    "director": f"{STAFF} campaign_plan campaign_decide finding_decide document_draft document_seal outbox inbox"
    " report_issue archive health",
    "unit": f"{EVERYBODY} matter_view matter_act search portal",
    "system_admin": f"{EVERYBODY} health accounts",
    "security_admin": f"{EVERYBODY} grants",
    "audit_admin": f"{EVERYBODY} audit",
    "section": "",
    "nobody": "",
}


@pytest.mark.parametrize("role", DUTIES)
def test_each_role_may_do_its_duties_and_nothing_else(role: str) -> None:
    assert {one.value for one in Permission if may([role], one)} == set(DUTIES[role].split())


def test_every_permission_is_granted_to_some_role_of_the_table() -> None:
    assert set(GRANTS) == set(Permission)
    assert set().union(*GRANTS.values()) <= set(DUTIES)


def test_one_role_that_may_is_enough_and_no_role_may_nothing() -> None:
    assert may(["inspector", "director"], Permission.CAMPAIGN_DECIDE)
    assert may(iter(["director"]), Permission.CAMPAIGN_DECIDE)
    assert not may(["inspector", "verifier", "officer"], Permission.CAMPAIGN_DECIDE)
    assert not may([], Permission.ANYBODY)


def test_a_permission_that_nobody_granted_is_denied_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(GRANTS, Permission.ARCHIVE)
    assert not any(may([role], Permission.ARCHIVE) for role in DUTIES)


def test_the_three_administrators_share_nothing_beyond_their_own_account_and_do_no_business() -> None:
    admins = [set(DUTIES[f"{kind}_admin"].split()) for kind in ("system", "security", "audit")]
    business = set(DUTIES["director"].split()) - {"health"}
    for one in admins:
        assert one & business == set(EVERYBODY.split())
    assert set.intersection(*admins) == set(EVERYBODY.split())


def test_who_comes_by_the_link_of_a_mail_has_no_account_to_look_after() -> None:
    assert {one.value for one in BY_LINK} == {"anybody", "home", "portal", "matter_view", "matter_act"}
    assert all(may(["unit"], one) for one in BY_LINK)


# ---- words ----------------------------------------------------------------------------------------------------


def test_every_permission_and_role_has_words_of_its_own_in_chinese() -> None:
    words = [word_of(one) for one in Permission]
    assert all(ord(word[0]) > 0x4E00 for word in (*words, *ROLE_LABELS.values())), words
    assert len(set(words)) == len(words)
    assert {role for roles in GRANTS.values() for role in roles} <= set(ROLE_LABELS)


def test_a_permission_without_words_shows_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PERMISSION_LABELS, Permission.TASKS)
    assert (word_of(Permission.TASKS), word_of(Permission.RULES)) == ("tasks", "督察规则")


def test_the_matrix_is_the_table_in_words_without_what_everybody_may() -> None:
    rows = dict(matrix())
    assert list(rows) == [
        word_of(one) for one in GRANTS if one not in (Permission.ANYBODY, Permission.OWN_ACCOUNT)
    ]
    for permission in set(GRANTS) - {Permission.ANYBODY, Permission.OWN_ACCOUNT}:
        marked = [role for role, marked in zip(ROLE_LABELS, rows[word_of(permission)], strict=True) if marked]
        assert marked == [role for role in ROLE_LABELS if may([role], permission)]


# ---- scopes ---------------------------------------------------------------------------------------------------


def test_a_scope_is_an_area_and_what_is_done_in_it() -> None:
    assert scope_of(Area.CASES, write=False) == "cases:read"
    assert scope_of(Area.CASES, write=True) == "cases:write"


def test_every_scope_of_every_area_is_offered_in_words_and_in_order() -> None:
    offered = list(every_scope().items())
    assert offered[:2] == [("campaigns:read", "督察批次：读取"), ("campaigns:write", "督察批次：办理")]
    assert dict(offered)["search:read"] == "检索：读取"
    expected = [
        scope_of(area, write=write)
        for area in AREA_LABELS
        for write in (False, True)
        if not (write and area in READ_ONLY)
    ]
    assert [scope for scope, _words in offered] == expected
    assert set(AREA_LABELS) == set(Area)
    assert {area.value for area in READ_ONLY} == {"statistics", "search", "health"}


@pytest.mark.parametrize(("held", "reads", "writes"), [
    ([], False, False), (["cases:read"], True, False), (["cases:write"], True, True),
    (["leads:read", "leads:write"], False, False), (["leads:write", "cases:read"], True, False),
    (["cases"], False, False),
])  # fmt: skip
def test_who_may_write_an_area_may_read_it_and_no_other(held: list[str], reads: bool, writes: bool) -> None:
    assert is_within(held, Area.CASES, write=False) is reads
    assert is_within(iter(held), Area.CASES, write=True) is writes
