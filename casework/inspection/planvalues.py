"""Answers of the planning steps as the keys of a campaign file, and a campaign file as answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from core.campaign.campaignplan import CampaignPlan
from models.audit import canonical_json

Answers = Mapping[str, Sequence[str]]
Values = Mapping[str, Any]
# What the steps ask; every other key of a plan that is taken back stays as it was.
ASKED = (
    "code", "title", "kind", "line", "theme", "month", "original", "catalogs", "units", "period", "team", "notice",
    "visit_workdays", "self_report_workdays", "plan_reference", "joint", "joint_with", "materials",
)  # fmt: skip
ASKED_OF_TEAM = ("size", "n", "max_visits", "seed", "pool", "leader", "at_least")
ASKED_OF_RECUSAL = ("former_years", "last_time")


def plan_values(answers: Answers) -> dict[str, Any]:
    """Return the answers of the steps as the keys of a campaign file; what was not answered is left out."""
    one = {name: values[0] for name, values in answers.items() if values}
    values: dict[str, Any] = {name: one[name] for name in ("code", "title", "kind", "line") if name in one}
    values |= {name: one[name] for name in ("theme", "month") if name in one}
    if "original" in answers:
        values["original"] = list(answers["original"])
    values["catalogs"] = _catalogs(answers.get("items", ()))
    values["units"] = _units(answers)
    values["period"] = {"from": one.get("from", ""), "to": one.get("to", "")}
    values["team"] = _team(answers, one)
    values["notice"] = _notice(one)
    values |= {name: _number(one[name]) for name in ("visit_workdays", "self_report_workdays") if name in one}
    if "reference_item" in one:
        reference = {"document": "reference_document", "number": "reference_number", "item": "reference_item"}
        values["plan_reference"] = {key: one[name] for key, name in reference.items() if name in one}
    if "joint" in one:
        values["joint"] = {"with": one["joint"], "findings": one.get("joint_findings", "separate")}
    if "materials" in one:
        values["materials"] = [text.strip() for text in one["materials"].splitlines() if text.strip()]
    return {key: value for key, value in values.items() if value not in ([], {}, "")}


def in_pairs(typed: Answers) -> Answers:
    """Return what was typed with every specialty beside its number; a line that asks for none is left out.

    A number that was left empty is the one that the page offers.
    """
    if "specialty" not in typed:
        return typed
    lines = zip_longest(typed["specialty"], typed.get("specialty_count", ()), fillvalue="")
    asked = [(name, count.strip() or "1") for name, count in lines if name.strip() not in ("", "-")]
    return {
        **typed,
        "specialty": [name for name, _ in asked],
        "specialty_count": [count for _, count in asked],
    }


def came_late(kept: Answers, typed: Answers) -> bool:
    """Tell whether a page sent something before what is kept of the same page: each sending says `page:number`."""
    (page, number), (last, reached) = (_turn(answers) for answers in (typed, kept))
    return page == last and number < reached


def _turn(answers: Answers) -> tuple[str, int]:
    page, _, number = next(iter(answers.get("turn", ())), "").partition(":")
    return page, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def _catalogs(chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return the catalogues of `key:all`, `key:class` and `key:item`; the whole of one swallows its parts."""
    found: dict[str, list[str]] = {}
    for text in chosen:
        key, _, part = text.partition(":")
        found.setdefault(key, []).append(part)
    return [{"key": key, "items": "all" if "all" in parts else parts} for key, parts in found.items()]


def _units(answers: Answers) -> Any:
    if answers.get("units_by", ["kind"])[0] == "kind":
        kinds = list(answers.get("kinds", ()))
        return {"select": {"类别": kinds}} if kinds else []
    return sorted(answers.get("units", ()))


def _team(answers: Answers, one: Mapping[str, str]) -> dict[str, Any]:
    team: dict[str, Any] = {
        name: _number(one[name]) for name in ("size", "n", "max_visits", "seed") if name in one
    }
    if "pool" in one:
        team["pool"] = one["pool"]
    team["leader"] = "leader" if one.get("leader", "yes") == "yes" else None
    wanted = zip(answers.get("specialty", ()), answers.get("specialty_count", ()), strict=False)
    at_least = {name: _number(count) for name, count in wanted if name != "-"}
    if at_least:
        team["at_least"] = at_least
    recuse: dict[str, Any] = {}
    if "former_years" in one:
        recuse["former_years"] = _number(one["former_years"])
    if "last_time" in one:
        recuse["last_time"] = one["last_time"]
    return {**team, "recuse": recuse} if recuse else team


def _notice(one: Mapping[str, str]) -> dict[str, str]:
    names = {"document": "notice_document", "sign_by": "sign_by"}
    return {key: one[name] for key, name in names.items() if name in one}


def _number(text: str) -> int | str:
    """Return a whole number; other text stays and is told as a mistake of the plan."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def merged(kept: Values, answered: Values) -> dict[str, Any]:
    """Return a plan with what was answered, and of the plan it was taken from whatever the steps do not ask."""
    found = {**answered, **{key: value for key, value in kept.items() if key not in ASKED}}
    found["team"] = _with(kept.get("team"), answered.get("team"), ASKED_OF_TEAM)
    recuse = _with(
        (kept.get("team") or {}).get("recuse"), (answered.get("team") or {}).get("recuse"), ASKED_OF_RECUSAL
    )
    if recuse:
        found["team"]["recuse"] = recuse
    if "joint" in answered:
        found["joint"] = _with(kept.get("joint"), answered["joint"], ("with", "findings"))
    return found


def _with(kept: Values | None, answered: Values | None, asked: Sequence[str]) -> dict[str, Any]:
    stays = {key: value for key, value in (kept or {}).items() if key not in asked and value is not None}
    return {**stays, **(answered or {})}


def answers_of_plan(plan: CampaignPlan) -> dict[str, list[str]]:
    """Return a plan as answers of a draft: what would have been typed, and under `kept` what the steps do not ask."""
    kept = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {**_typed(plan.model_dump(mode="json", by_alias=True)), "kept": [canonical_json(kept)]}


def _typed(values: Values) -> dict[str, list[str]]:
    team, recuse = values.get("team") or {}, (values.get("team") or {}).get("recuse") or {}
    reference, notice = values.get("plan_reference") or {}, values.get("notice") or {}
    joint = values.get("joint") or ({"with": values["joint_with"]} if values.get("joint_with") else {})
    plain = {name: values.get(name) for name in ("code", "title", "kind", "line", "theme", "month")}
    plain |= {name: values.get(name) for name in ("visit_workdays", "self_report_workdays")}
    plain |= {name: team.get(name) for name in ("size", "n", "max_visits", "seed", "pool")}
    plain |= {name: recuse.get(name) for name in ASKED_OF_RECUSAL}
    plain |= {f"reference_{name}": reference.get(name) for name in ("document", "number", "item")}
    plain |= {"from": values["period"]["from"], "to": values["period"]["to"]}
    plain |= {"notice_document": notice.get("document"), "sign_by": notice.get("sign_by")}
    plain |= {"joint": joint.get("with"), "joint_findings": joint.get("findings") if joint else None}
    plain["leader"] = "yes" if team.get("leader", "leader") else "no"
    plain["materials"] = "\n".join(values.get("materials") or ())
    found = {name: [str(value)] for name, value in plain.items() if value not in (None, "")}
    many = {
        "original": list(values.get("original") or ()),
        "items": _ticks(values.get("catalogs") or ()),
        "specialty": list(team.get("at_least") or {}),
        "specialty_count": [str(count) for count in (team.get("at_least") or {}).values()],
        **_ticked_units(values.get("units") or ()),
    }
    return found | {name: ticked for name, ticked in many.items() if ticked}


def _ticks(catalogs: Sequence[Values]) -> list[str]:
    """Return the boxes that stand for catalogues: `key:all`, `key:class`, `key:item`."""
    found = []
    for one in catalogs:
        chosen = one.get("items", "all")
        found += [f"{one['key']}:{part}" for part in (["all"] if chosen == "all" else chosen)]
    return found


def _ticked_units(units: Any) -> dict[str, list[str]]:
    if isinstance(units, Mapping):
        return {"units_by": ["kind"], "kinds": list(units["select"]["类别"])}
    return {"units_by": ["code"], "units": list(units)} if units else {}
