"""What was typed into the form of an act on a case, as the wish that the verbs take; and back, when it is refused."""

from __future__ import annotations

from casework.rectification.doing import Wish
from console.forms import Form
from core.errors import InvalidInput
from core.life.rectification import CASE_ACT_LABELS, KEYS, CaseAct

# Keys that several ticked boxes give, and the field that a key has where another one has its name.
JOINED = {"measure": "、", "done": "、", "second": "、"}
FIELDS = {(CaseAct.SCHEDULE_LOOK_BACK, "on"): "on_day"}
VERDICT_MISSING = "请选择结论"


def wish_of(act_code: str, form: Form) -> Wish:
    """Return what a form asks for; empty fields are left out, as if they had not been there.

    raises   InvalidInput for a day that is none, a key that must be given, a file that was not chosen
    """
    act = known_act(act_code)
    values = {}
    for key in KEYS.get(act, ()):
        name = key.rstrip("*")
        text = _text(form, act, name)
        if key.endswith("*") and not text:
            raise InvalidInput(
                VERDICT_MISSING if name == "verdict" else f"{CASE_ACT_LABELS[act]}：必填的一项没有填",
                found="空",
                expected=CASE_ACT_LABELS[act],
                remedy="补充后重新提交",
            )
        if text:
            values[name] = text
    return Wish(act.value, form.day("on", "办理日期"), form.text("note"), form.files.get("files", ()), values,
                form.text("seen"))  # fmt: skip


def _text(form: Form, act: CaseAct, name: str) -> str:
    field = FIELDS.get((act, name), name)
    if name in JOINED:
        return JOINED[name].join(form.many(field))
    return form.text(field).replace("\r\n", "\n").removesuffix("%") if name == "percent" else form.text(field)


def known_act(code: str) -> CaseAct:
    """Return an act by its code; raise InvalidInput."""
    try:
        return CaseAct(code)
    except ValueError:
        raise InvalidInput(
            "没有这个操作", found=code[:40], expected="页面所列操作", remedy="回到整改事项重选"
        ) from None


def typed_in(form: Form) -> dict[str, list[str]]:
    """Return what was typed, for the page that shows the form again."""
    return {name: list(values) for name, values in form.values.items()}
