"""In whose place somebody signs or decides today, and at which level; a page asks as the verb decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.desk import Desk
from casework.staff.delegations import EVERY, list_delegations
from casework.staff.people import POST_ROLES, split
from core.errors import Refused
from core.rulebook import LeaderRole
from models.base import key_of
from models.delegation import Delegation


@dataclass(frozen=True, slots=True)
class Lent:
    """What somebody may do in the place of a post."""

    delegation: int
    principal: str
    role: LeaderRole


@dataclass(frozen=True, slots=True)
class Standing:
    """The level at which somebody decides, and what was lent to them when it is not their own.

    role   None for a director without a post of the office file, whom no level binds
    """

    role: LeaderRole | None
    lent: Lent | None = None

    def reaches(self, needed: LeaderRole | None) -> bool:
        """Tell whether a decision at a level may be taken."""
        return self.role is None or needed is None or self.role.may_sign(needed)


def lenders(
    desk: Desk, *, document: str = "", act: str = "", rows: Iterable[Delegation] | None = None
) -> list[Lent]:
    """Return in whose place the actor may sign a kind of document or decide an act today, lowest post first.

    rows   the delegations that hold today, where somebody asks for many kinds
    """
    found = []
    for row in list_delegations(desk, desk.today) if rows is None else rows:
        covers = (document and {document, EVERY} & set(split(row.documents))) or act in split(row.acts)
        post = desk.office_rules.leaders.get(row.principal)
        if row.delegate == desk.actor.code and covers and post is not None:
            found.append(Lent(key_of(row), row.principal, post.role))
    return sorted(found, key=lambda lent: (lent.role.rank, lent.principal))


def lender(
    desk: Desk,
    needed: LeaderRole | None,
    *,
    document: str = "",
    act: str = "",
    barred: Iterable[str | None] = (),
) -> Lent | None:
    """Return the lowest post in whose place the actor may sign or decide what needs a level; None when there is none.

    barred   those for whom nobody may sign this, such as its author
    """
    out = set(barred)
    return next(
        (
            lent
            for lent in lenders(desk, document=document, act=act)
            if lent.principal not in out and (needed is None or lent.role.may_sign(needed))
        ),
        None,
    )


def lent_roles(desk: Desk, act: str, rows: Iterable[Delegation] | None = None) -> frozenset[str]:
    """Return the roles that posts lend the actor for an act on a case today."""
    return frozenset(role for lent in lenders(desk, act=act, rows=rows) for role in POST_ROLES[lent.role])


def standing_of(
    desk: Desk,
    act: str,
    needed: LeaderRole | None,
    *,
    rows: Iterable[Delegation] | None = None,
    barred: Iterable[str | None] = (),
) -> Standing | None:
    """Return as what the actor decides an act on a case: by the own post, or in the place of one that reaches.

    rows      the delegations that hold today, where they are read already
    barred    those in whose place nobody decides this
    returns   None for somebody without a post to whom nothing was lent
    """
    own = desk.office_rules.leaders.get(desk.actor.code)
    if own is None and "director" in desk.actor.roles:
        return Standing(None)
    if own is not None and Standing(own.role).reaches(needed):
        return Standing(own.role)
    out = set(barred)
    held = [lent for lent in lenders(desk, act=act, rows=rows) if lent.principal not in out]
    enough = next((lent for lent in held if Standing(lent.role).reaches(needed)), None)
    if enough is not None:
        return Standing(enough.role, enough)
    if own is not None:
        return Standing(own.role)
    return Standing(held[0].role) if held else None


def deciding_role(
    desk: Desk,
    act: str,
    needed: LeaderRole | None,
    said: dict[str, object],
    barred: Iterable[str | None] = (),
) -> LeaderRole | None:
    """Return the level at which the actor decides an act on a case: the own post's, or one lent by delegation.

    said      what is noted of the act; the post in whose place it is decided is added as `signed_for`
    returns   None for a director without a post of the office file, whom no level binds
    """
    standing = standing_of(desk, act, needed, barred=barred)
    if standing is None:
        raise Refused(
            "没有可用的授权",
            found=desk.actor.code,
            expected="有权人员，或有效期内的授权代签",
            remedy="由有权人员办理，或登记授权（ducha delegation add）",
        )
    if standing.lent is not None:
        said["signed_for"] = standing.lent.principal
    return standing.role
