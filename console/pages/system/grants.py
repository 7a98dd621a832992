"""授权: whom an account speaks for, who may do what, and the rules of passwords; the security administrator's."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from casework.accounts.overview import AccountFilters, account_view, accounts_view, holder_choices
from casework.accounts.register import disable_account, grant_account
from casework.accounts.signin import policy_of
from console.forms import Form, HasForm
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.access.words import ROLE_LABELS, matrix
from core.errors import DuchaError
from core.life.accountlife import ACCOUNT

router = Pages(Permission.GRANTS)
STATES = tuple((state.value, label) for state, label in ACCOUNT.state_labels.items())


@router.page("/grants")
def show_grants(visit: HasVisit, query: HasQuery, leaf: HasLeaf) -> Response:
    """Show one leaf of accounts with whom each speaks for."""
    filters = AccountFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "system/grants.html.j2", "grants", leaf=accounts_view(desk, filters, leaf),
            filters=filters, states=STATES, words=dict(STATES),
        )  # fmt: skip


@router.page("/grants/roles")
def show_roles(visit: HasVisit) -> Response:
    """Show who may do what, and the rules of passwords and locks in force."""
    with visit.desk() as desk:
        return show(
            visit, desk, "system/roles.html.j2", "grants", rows=matrix(), roles=tuple(ROLE_LABELS.values()),
            policy=policy_of(desk.settings), settings=desk.settings,
        )  # fmt: skip


@router.page("/grants/{login}")
def show_grant(visit: HasVisit, login: str, who: str = "") -> Response:
    """Show one account with the form that grants it; 404 when there is none."""
    return _grant_page(visit, login, who=who)


def _grant_page(
    visit: Visit, login: str, error: DuchaError | None = None, form: Form | None = None, who: str = ""
) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "system/grant.html.j2", "grants", page=account_view(desk, login), words=dict(STATES),
            choices=holder_choices(desk, who[:40]), who=who[:40], roles=ROLE_LABELS, error=error, form=form or Form(),
        )  # fmt: skip


def _again(visit: HasVisit, login: str, form: HasForm, error: DuchaError) -> Response:
    return _grant_page(visit, login, error, form)


@router.act("/grants/{login}", again=_again)
def grant(visit: HasVisit, login: str, form: HasForm) -> Response:
    """Let an account speak for a person, a post or a contact; whoever is signed in with it signs in anew."""
    holder = form.needed("holder", "办理身份")
    with visit.acting() as desk:
        row = grant_account(desk, login, holder)
        said = f"账号{row.login}已授权以{row.holder}的身份办理"
    return done(f"/grants/{quote(login, safe='')}", said)


@router.act("/grants/{login}/revoke", again=_again)
def revoke(visit: HasVisit, login: str, form: HasForm) -> Response:
    """Take the right from an account: it is disabled at once."""
    with visit.acting() as desk:
        disable_account(desk, login, form.needed("reason", "理由"))
    return done(f"/grants/{quote(login, safe='')}", f"已收回账号{login}的授权，账号停用")
