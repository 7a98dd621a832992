"""贯通移送, 来文交办, 联席会议: only those who may know see anything, and every look and download is noted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from casework.linkage.screening import open_screening
from models.incoming import Incoming
from models.meeting import CompartmentReader, Meeting
from models.organisation import Unit
from models.referral import Referral
from tests import make
from tests.casework.scene import Scene
from tests.console.acting import file_of, outcome_of
from tests.console.conftest import TODAY
from tests.console.house import DAY, DIRECTOR, LINKAGE, OFFICER, PASSWORD, PDF, UNIT, House, came, open_house
from tests.console.test_pages import queries_of

MAJOR = ("D001", "E24", "major")
ONE = "/referrals/1"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a county in which one case has come to a screening."""
    with open_house(tmp_path) as opened:
        (code,) = opened.scene.notify(MAJOR)
        opened.scene.act(code, "flag", "P90", DAY, note="佐证系伪造", event="E1")
        yield opened


def one(scene: Scene) -> Referral:
    return scene.referrals()[0]


def studied(house: House) -> None:
    came(house.act(LINKAGE, ONE, "screen", receiver="discipline", opinion="涉嫌弄虚作假的线索"))
    came(house.act(
        LINKAGE, ONE, "study", note="集体研究同意移送", participants="L-DIRECTOR\nL-DEPUTY\nP91", files={"file": PDF}
    ))  # fmt: skip


# ---- who may know --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("holder", [OFFICER, "L-SECTION", "P07"])
def test_who_may_not_know_meets_the_same_words_as_for_a_number_never_given(house: House, holder: str) -> None:
    hidden, unknown = house.get(holder, ONE), house.get(holder, "/referrals/9")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.text.replace(">1<", "><") == unknown.text.replace(">9<", "><")
    assert house.act(holder, ONE, "screen", opinion="探知").text.replace(">1<", "><") == house.act(
        holder, "/referrals/9", "screen", opinion="探知"
    ).text.replace(">9<", "><")
    assert house.get(holder, f"{ONE}/files/1").status_code == 404
    assert house.send(holder, f"{ONE}/package").status_code == 404
    assert house.get(holder, "/referrals").status_code == 403
    assert house.looks("referral", 1) == []


@pytest.mark.parametrize(
    "page", ["/referrals", ONE, "/incoming", "/meetings", "/letters", "/referrals/readers"]
)
def test_units_never_come_in(house: House, page: str) -> None:
    assert house.get(UNIT, page).status_code == 403


def test_nothing_of_a_referral_stands_on_other_pages(house: House) -> None:
    studied(house)
    code = house.get(LINKAGE, ONE).text.split('href="/cases/')[1].split('"')[0]
    for page in ("/", f"/cases/{code}", "/ledger", "/documents", "/leads", "/matters", "/letters?state=all"):
        text = house.get(OFFICER, page).text
        assert "涉嫌弄虚作假的线索" not in text, page
        assert "集体研究" not in text, page


def test_every_look_is_noted_and_shown_to_those_entitled(house: House) -> None:
    with queries_of(house.engine) as queries:
        page = house.get(LINKAGE, ONE)
    assert page.status_code == 200
    assert len([one for one in queries if "account" not in one]) <= 15, "\n".join(queries)
    assert "工作秘密" in page.text
    assert "查阅留痕" in page.text
    house.get(DIRECTOR, ONE)
    assert house.looks("referral", 1) == [LINKAGE, DIRECTOR]
    assert "（P91）" in house.get(DIRECTOR, ONE).text


def test_a_reader_is_named_for_a_while_sees_that_matter_only_and_not_the_log(house: House) -> None:
    address = "/referrals/readers?subject=referral&id=1"
    data = {"reader-person": OFFICER, "reader-until": "2026-07-31", "reader-reason": "协助核对"}
    assert house.send(LINKAGE, address, data).status_code == 403
    came(house.send(DIRECTOR, address, data))
    page = house.get(OFFICER, ONE)
    assert page.status_code == 200
    assert "查阅记录" not in page.text
    assert house.offered(OFFICER, ONE) == set()
    assert house.get(OFFICER, "/referrals").status_code == 200
    assert "协助核对" in house.get(LINKAGE, address).text
    (row,) = house.scene.rows(select(CompartmentReader))
    assert came(house.send(DIRECTOR, f"/referrals/readers/{row.id}/revoke?subject=referral&id=1")) == address
    assert house.get(OFFICER, ONE).status_code == 404


def test_asking_for_a_screening_tells_an_officer_the_same_whether_one_is_under_way_or_not(
    house: House,
) -> None:
    code = house.get(LINKAGE, ONE).text.split('href="/cases/')[1].split('"')[0]
    asked = house.send(OFFICER, "/referrals/open", {"open-case": code, "open-reason": "联动条件成立"})
    assert came(asked) == "/referrals/open"
    assert len(house.scene.referrals()) == 1
    assert house.scene.told("referral", 1).count("reason") == 1
    named = house.send(LINKAGE, "/referrals/open", {"open-case": code, "open-reason": "联动条件成立"})
    assert named.status_code == 409
    assert (
        house.send(OFFICER, "/referrals/open", {"open-case": "没有", "open-reason": "x"}).status_code == 404
    )


# ---- the way of a transfer -----------------------------------------------------------------------------------------


def test_only_legal_acts_are_offered_on_the_way(house: House) -> None:
    assert house.offered(LINKAGE, ONE) == {"screen", "split", "material"}
    assert house.offered(DIRECTOR, ONE) == {"screen", "decline", "split", "material"}
    studied(house)
    assert "approve" not in house.offered("L-DEPUTY", ONE)  # the principal officer decides
    assert {"approve", "decline", "send_back", "block"} <= house.offered(DIRECTOR, ONE)
    refused = house.act(LINKAGE, ONE, "send", channel="hand")
    assert refused.status_code == 409


def test_approving_asks_for_the_password_and_drafts_the_letter(house: House) -> None:
    studied(house)
    asked = house.act(DIRECTOR, ONE, "approve", note="同意")
    assert asked.status_code == 400
    assert "请填写“登录密码”" in asked.text
    assert one(house.scene).state == "study"
    wrong = house.act(DIRECTOR, ONE, "approve", note="同意", proof="不对")
    assert wrong.status_code == 403
    came(house.act(DIRECTOR, ONE, "approve", note="同意", proof=PASSWORD))
    row = one(house.scene)
    assert (row.state, row.approved_by) == ("approved", DIRECTOR)
    assert f'href="/letters/{row.document_id}"' in house.get(LINKAGE, ONE).text
    assert f'href="/letters/{row.document_id}"' in house.get(DIRECTOR, "/letters").text
    assert f'href="/letters/{row.document_id}"' not in house.get(OFFICER, "/letters?state=all").text


def test_declining_is_a_normal_end_with_its_reason_after_the_password(house: House) -> None:
    studied(house)
    came(house.act(DIRECTOR, ONE, "decline", reason="证据不足", proof=PASSWORD))
    page = house.get(LINKAGE, ONE).text
    assert one(house.scene).state == "declined"
    assert "不予移送" in page
    assert "证据不足" in page
    assert house.offered(LINKAGE, ONE) == set()


def test_a_download_is_noted_and_the_print_set_names_its_reader(house: House) -> None:
    studied(house)
    page = house.get(LINKAGE, ONE).text
    file = page.split(f'href="{ONE}/files/')[1].split('"')[0]
    assert house.get(LINKAGE, f"{ONE}/files/{file}").content == PDF[1]
    assert "下载 扫描件.pdf" in house.get(DIRECTOR, ONE).text
    came(house.act(DIRECTOR, ONE, "approve", proof=PASSWORD))
    done = outcome_of(house.browser(LINKAGE), house.send(LINKAGE, f"{ONE}/package"))
    names = zipfile.ZipFile(io.BytesIO(file_of(house.browser(LINKAGE), done))).namelist()
    assert names[0] == "1移送函.pdf"
    assert all(name.endswith(".pdf") for name in names)
    assert "打印移送材料" in house.get(DIRECTOR, ONE).text


def test_a_transfer_is_blocked_split_and_gets_its_materials(house: House) -> None:
    studied(house)
    came(house.act(DIRECTOR, ONE, "block", reason="当事人住院"))
    assert "暂缓移送" in house.get(LINKAGE, ONE).text
    came(house.act(LINKAGE, ONE, "unblock"))
    came(house.act(LINKAGE, ONE, "material", name="现场笔录", copies="2", pages="3", files={"file": PDF}))
    came(house.act(LINKAGE, ONE, "split", receiver="procuratorate", matter="公益诉讼部分"))
    page = house.get(LINKAGE, ONE).text
    assert "现场笔录" in page
    assert "公益诉讼部分" in page
    assert house.get(LINKAGE, "/referrals/2").status_code == 200


# ---- letters in, meetings ------------------------------------------------------------------------------------------


def incoming(house: House, **changes: str) -> str:
    data = {
        "new-sender": "discipline", "new-kind": "discipline_advice", "new-received": "2026-06-29", "new-line": "party",
        "new-title": "关于完善裁量基准的建议", "new-text": "建议内容", "new-items": "修订裁量基准|P90|2026-09-30",
        "new-number": "纪建〔2026〕1号", "new-unit": "D001",
        **{f"new-{name}": value for name, value in changes.items()},
    }  # fmt: skip
    return came(house.send(LINKAGE, "/incoming/new", data, {"new-file": PDF}))


def test_the_shorter_length_of_a_period_is_chosen_by_its_name(house: House) -> None:
    page = house.get(LINKAGE, "/incoming/new").text
    assert re.search(r'<option value="urgent">[^<]*紧急情形（15日）</option>', page)
    letter = incoming(
        house, sender="procuratorate", kind="procuratorial_advice", received="2026-06-01", urgent="urgent"
    )
    assert "6月16日" in house.get(LINKAGE, letter).text


def test_a_matter_handed_over_is_registered_assigned_and_known_to_its_owner_alone(house: House) -> None:
    address = incoming(house)
    hidden, unknown = house.get(OFFICER, address), house.get(OFFICER, "/incoming/99")
    assert hidden.text.replace(">1<", "><") == unknown.text.replace(">99<", "><")
    came(house.act(LINKAGE, address, "assign", owner=OFFICER))
    page = house.get(OFFICER, address)
    assert "关于完善裁量基准的建议" in page.text
    assert house.offered(OFFICER, address) == {"item"}
    came(house.act(OFFICER, address, "item", position="1", note="已修订"))
    assert "已修订" in house.get(LINKAGE, address).text
    assert house.get("L-SECTION", address).status_code == 404
    assert OFFICER in house.looks("incoming", 1)


def test_a_reply_is_drafted_recorded_and_the_matter_closed(house: House) -> None:
    address = incoming(house, items="一项")
    assert "close" not in house.offered(LINKAGE, address)
    came(house.act(LINKAGE, address, "assign", owner=LINKAGE))
    came(house.act(LINKAGE, address, "draft_reply", handling="已办理", next="继续"))
    refused = house.act(LINKAGE, address, "answer", channel="hand", note="已送")
    assert refused.status_code == 409
    assert "复函尚未签发、用印" in refused.text
    came(house.act(LINKAGE, address, "answer", channel="meeting", note="会上回复", files={"file": PDF}))
    came(house.act(DIRECTOR, address, "item", position="1", note="已办"))
    came(house.act(LINKAGE, address, "close"))
    (row,) = house.scene.rows(select(Incoming))
    assert row.state == "closed"


def test_a_meeting_is_recorded_with_its_minutes_and_hidden_from_others(house: House) -> None:
    data = {"new-kind": "joint", "new-on": "2026-06-29", "new-title": "季度会商", "new-with": "县纪委监委\n县检察院",
            "new-items": "统一口径"}  # fmt: skip
    refused = house.send(LINKAGE, "/meetings/new", data)
    assert "须附会议纪要" in refused.text
    address = came(house.send(LINKAGE, "/meetings/new", data, {"new-file": PDF}))
    assert "统一口径" in house.get(DIRECTOR, address).text
    assert house.get(OFFICER, address).status_code == 404
    assert house.get(OFFICER, "/meetings").status_code == 403
    (row,) = house.scene.rows(select(Meeting))
    assert row.participants == "县纪委监委、县检察院"


def test_a_case_is_supervised_together_and_ended(house: House) -> None:
    code = house.get(LINKAGE, ONE).text.split('href="/cases/')[1].split('"')[0]
    data = {"joint-case": code, "joint-body": "inspection", "joint-demand": "限期整改"}
    assert house.send(OFFICER, "/meetings/joint", data).status_code == 403
    came(house.send(LINKAGE, "/meetings/joint", data))
    assert "限期整改" in house.get(LINKAGE, "/meetings").text
    came(house.send(LINKAGE, "/meetings/joint/1/end", {"end1-note": "已整改"}))
    assert "已整改" in house.get(LINKAGE, "/meetings").text


def test_the_lists_stay_within_their_queries_with_many_rows(house: House) -> None:
    with house.scene.open_desk(today=TODAY) as desk:
        unit = desk.session.get_one(Unit, 1)
        for place in range(60):
            case = make.make_finding_and_case(desk, desk.campaign(1), unit, f"2026-ZH-01-D001-{place + 100}")
            open_screening(desk, case, "black")
    for page in ("/referrals", "/referrals?state=all", "/incoming", "/meetings", "/letters"):
        house.browser(LINKAGE)
        with queries_of(house.engine) as queries:
            assert house.get(LINKAGE, page).status_code == 200
        assert len(queries) <= 15, page
