"""接口密钥: made by the owner of an account for a program, shown once, revoked here."""

from __future__ import annotations

from datetime import timedelta

from fastapi.responses import Response

from casework.accounts.tokens import LONGEST_DAYS, is_live, list_keys, make_key, revoke_key
from console.confirming import confirm
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.access.scopes import AREA_LABELS, READ_ONLY, every_scope, scope_of
from core.errors import DuchaError, NotFound
from core.life.accountlife import AccountState

router = Pages(Permission.OWN_ACCOUNT)
PATH = "/account/keys"
USUAL_DAYS = 90


@router.page(PATH)
def show_keys(visit: HasVisit) -> Response:
    """Show one's keys and the form for a new one."""
    return _keys_page(visit)


def _keys_page(visit: Visit, error: DuchaError | None = None, form: Form | None = None) -> Response:
    _refuse_without_account(visit)
    with visit.desk() as desk:
        today = desk.today
        areas = [
            (label, scope_of(area, write=False), "" if area in READ_ONLY else scope_of(area, write=True))
            for area, label in AREA_LABELS.items()
        ]
        return show(
            visit, desk, "entry/keys.html.j2", "account", error=error, form=form or Form(), areas=areas,
            keys=[(one, is_live(one, today)) for one in list_keys(desk, visit.visitor.account_id)],
            words=every_scope(), until=today + timedelta(days=USUAL_DAYS),
            last=today + timedelta(days=LONGEST_DAYS), active_state=AccountState.ACTIVE,
        )  # fmt: skip


def _refuse_without_account(visit: Visit) -> None:
    if visit.visitor.by_link or visit.visitor.admin:
        raise NotFound(
            "没有这个页面",
            found=visit.visitor.name,
            expected="办理业务的账号",
            remedy="三员账号不使用接口密钥",
        )


def _again(visit: Visit, error: DuchaError, form: Form | None = None) -> Response:
    return _keys_page(visit, error, form)


@router.act(PATH, again=_again)
def make_one(visit: HasVisit, form: HasForm) -> Response:
    """Make a key after a proof of identity and show it, once."""
    _refuse_without_account(visit)
    name, until = form.needed("name", "用途"), form.needed_day("until", "有效至")
    confirm(visit, form)
    with visit.acting() as desk:
        row, text = make_key(
            desk, visit.visitor.account_id, name=name, scopes=form.many("scopes"), until=until
        )
        return show(visit, desk, "entry/key.html.j2", "account", key=row, text=text, words=every_scope())


@router.act(PATH + "/{key_id}/revoke", again=_again)
def revoke_one(visit: HasVisit, key_id: int, _form: HasForm) -> Response:
    """Revoke a key of one's own."""
    with visit.acting() as desk:
        row = revoke_key(desk, visit.visitor.account_id, key_id)
        said = f"已撤销密钥“{row.name}”"
    return done(PATH, said)
