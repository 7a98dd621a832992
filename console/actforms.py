"""Forms of acts as data: one description makes the form on the page, and reads what came back with it.

A page with many acts gives each its own fields (`check-handler`, `close-note`), so that no two share an id. An act
that was refused shows its page again with its form open and filled in as it was sent; only files are chosen anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from casework.desk import Desk
from console.confirming import confirm
from console.forms import Form
from console.visits import Visit
from core.errors import DuchaError, InvalidInput, NotFound

Options = Sequence[tuple[str, str]]
Do = Callable[[Desk, int, Form], str]
FILES = ("file", "files")
CodeT = TypeVar("CodeT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    kind      text, area, day, number, select, radios, checks, flag, pick, file, files
    options   (value, words) pairs of a choice
    listed    of a `pick`: the id of the list of suggestions on the page, such as units
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = True
    options: Options = ()
    value: str = ""
    listed: str = ""


@dataclass(frozen=True, slots=True)
class ActForm:
    """The form of one act; a grave one asks for the proof of identity."""

    code: str
    title: str
    fields: tuple[Field, ...] = ()
    button: str = ""
    hint: str = ""
    danger: bool = False
    grave: bool = False

    @property
    def has_files(self) -> bool:
        return any(one.kind in FILES for one in self.fields)


@dataclass(frozen=True, slots=True)
class Tried:
    """An act that was refused: what was typed, and why."""

    act: str
    form: Form
    error: DuchaError

    def values(self, name: str) -> list[str]:
        """Return what was sent for a field of the refused act."""
        return [value.strip() for value in self.form.values.get(f"{self.act}-{name}", ())]


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts that a page offers, and how each is carried out; the verbs check who may, and when.

    grave   acts for which the password is asked once more
    """

    known: Mapping[str, Do]
    grave: frozenset[str] = field(default_factory=frozenset)

    def carry_out(self, visit: Visit, act: str, number: int, form: Form) -> str:
        """Carry out an act on a row in one transaction; return the sentence to say about it.

        raises   NotFound for an act that there is not; what the verb raises
        """
        do = self.known.get(act)
        if do is None:
            raise NotFound("没有这项操作", found=act[:40], expected="页面所列操作", remedy="返回页面重新选择")
        if act in self.grave:
            confirm(visit, form)
        with visit.acting() as desk:
            return do(desk, number, fields_of(act, form))


def fields_of(act: str, form: Form) -> Form:
    """Return the fields of one act, under the names its form gives them."""
    begin = f"{act}-"
    return Form(
        {name.removeprefix(begin): sent for name, sent in form.values.items() if name.startswith(begin)},
        {name.removeprefix(begin): sent for name, sent in form.files.items() if name.startswith(begin)},
    )


def only(forms: Sequence[ActForm], able: Sequence[str]) -> tuple[ActForm, ...]:
    """Return the forms of the acts that somebody may do now, in the order of the forms."""
    return tuple(one for one in forms if one.code in able)


def needed_lists(forms: Sequence[ActForm], makers: Mapping[str, Callable[[], Options]]) -> dict[str, Options]:
    """Return the suggestions that some forms refer to; what no form asks for is not read."""
    wanted = {one.listed for form in forms for one in form.fields if one.listed}
    return {name: make() for name, make in makers.items() if name in wanted}


def variant_fields(name: str, label: str, options: Options) -> tuple[Field, ...]:
    """Return the field that asks which length of a statutory period counts; none where the law knows only one."""
    hint = "期限另分情形的选择，不选为一般情形"
    return (Field(name, label, "select", hint, required=False, options=options),) if options else ()


def code_of(text: str) -> str:
    """Return the code that somebody picked: suggestions are written `D001 县教育局`."""
    return text.split(maxsplit=1)[0] if text.strip() else ""


def lines_of(text: str) -> list[str]:
    """Return the lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def code_in(form: Form, name: str, label: str, codes: type[CodeT]) -> CodeT:
    """Return the code that was chosen in a field; raise InvalidInput for what is none of them."""
    text = form.needed(name, label)
    try:
        return codes(text)
    except ValueError as error:
        raise InvalidInput(
            f"“{label}”不正确", found=text[:40], expected="页面所列选项", remedy="重新选择后提交"
        ) from error


def tells(form: Form, name: str) -> bool | None:
    """Return what was said of a question with three answers: yes, no, or nothing yet."""
    return {"true": True, "false": False}.get(form.text(name))
