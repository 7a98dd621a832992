"""The guardrails of the litigation line in texts: no word against a judgment, no pressure on a plaintiff.

source   行政诉讼法 第三条: no organ may interfere with or obstruct a court in accepting administrative cases;
         rules/litigation/*.yaml `guardrails`
"""

from __future__ import annotations

import re

from core.errors import InvalidInput

_COURT = r"(?:法院|法官|合议庭|审判员|审判长|本案判决|一审判决|二审判决|原审判决|终审判决|裁判|裁定)"
_BLAME = r"(?:错误|错判|误判|不公|枉法|偏袒|袒护|徇私|明显不当|不负责)"
_JUDGING = re.compile(rf"{_COURT}[^。；，,;\n]{{0,12}}{_BLAME}")

_PUSH = r"(?:要求|责令|迫使|强令|逼迫|施压|威胁|劝阻|劝说|说服|动员|督促|责成|阻止|限制|阻挠|拖延)"
_RIGHT = r"(?:撤诉|撤回(?:起诉|申请|复议)|放弃(?:起诉|复议|上诉)|不(?:再)?(?:起诉|申请复议)|起诉|申请复议|立案|受理)"
_PRESSING = re.compile(rf"{_PUSH}[^。；;\n]{{0,14}}?{_RIGHT}")
_FORBIDDEN = re.compile(r"(?:不得|不准|不许|禁止|严禁|不应|不能|不可|切勿|未|不)[^。；，,;\n]{0,6}$")


def refuse_judging_courts(text: str, where: str) -> None:
    """Raise InvalidInput when a warning would judge a court's decision instead of the act that was sued.

    An appeal may of course say what is wrong with a judgment: its opinion is not passed through here.
    """
    found = _JUDGING.search(text)
    if found is not None:
        raise InvalidInput(
            f"{where}评价了法院裁判",
            found=found.group(0),
            expected="只写被诉行为是否合法、应诉是否履责",
            remedy="删去对法院裁判的评价；不服裁判的意见写入上诉意见，依法上诉",
        )


def refuse_pressing_plaintiffs(text: str, where: str) -> None:
    """Raise InvalidInput when a text asks for pressure on a plaintiff; a text that forbids it passes."""
    for found in _PRESSING.finditer(text):
        if _FORBIDDEN.search(text[: found.start()]):
            continue
        raise InvalidInput(
            f"{where}含有要求原告撤诉或限制复议、起诉的内容",
            found=found.group(0),
            expected="依法自我纠错、协商和解等自愿方式",
            remedy="改写化解措施；撤诉只能由原告自愿提出并经法院准许",
        )


def keep_guardrails(text: str, where: str) -> None:
    """Refuse a text of the litigation line that breaks one of its guardrails; raise InvalidInput."""
    refuse_judging_courts(text, where)
    refuse_pressing_plaintiffs(text, where)
