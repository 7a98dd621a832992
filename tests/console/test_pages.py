"""Every page answers, escapes what people typed, carries its headers and keeps to its number of queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from console import refusals
from console.app import create_app
from core import errors
from core.codes import DocumentContent
from core.life.lives import DocumentState
from core.rulebook import load_rulebook
from models.database import make_engine
from system.paths import RULES_DIR, read_texts
from system.settings import Settings
from tests.console.conftest import CANARY, CODE, NOW, browser_of, settings_in

CASE = f"/cases/{CODE}"
LETTER, DRAFT, REMINDER = "/documents/1", "/documents/2", "/documents/3"
PAGES = ("/", "/ledger", "/ledger?light=yellow", "/ledger?state=all&severity=major&unit=D001", CASE, "/documents",
         "/documents?state=waiting&kind=urging", "/documents?state=unserved", DRAFT, REMINDER)  # fmt: skip
MOST_QUERIES = 15
MOST_BYTES = 100_000


@contextmanager
def queries_of(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the queries of a block."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_in_chinese_within_its_queries_and_bytes(
    client: TestClient, engine: sa.Engine, page: str
) -> None:
    with queries_of(engine) as queries:
        answer = client.get(page)

    assert answer.status_code == 200, answer.text
    assert '<html lang="zh-CN">' in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


@pytest.mark.parametrize("page", [*PAGES, "/cases/没有", "/nothing"])
def test_a_page_runs_no_script_and_carries_no_style_of_its_own(client: TestClient, page: str) -> None:
    answer = client.get(page)

    tags = re.findall(r"<[a-z][^>]*>", answer.text)
    assert not [tag for tag in tags if re.search(r"\s(style|on[a-z]+)\s*=|javascript:", tag)]
    assert not [tag for tag in tags if tag.startswith(("<script", "<style"))]
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", answer.text)


@pytest.mark.parametrize("page", ["/", CASE, DRAFT])
def test_what_people_typed_stays_text(client: TestClient, page: str) -> None:
    text = client.get(page).text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize("page", ["/", "/nothing", "/cases/没有", f"{DRAFT}/docx", "/static/ducha.css"])
def test_every_answer_carries_the_security_headers(client: TestClient, page: str) -> None:
    headers = client.get(page).headers

    assert headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_static_file_is_kept_only_under_the_address_of_its_content(client: TestClient) -> None:
    address = re.findall(r'href="(/static/ducha\.css[^"]*)"', client.get("/").text)[0]

    assert "immutable" in client.get(address).headers["cache-control"]


def test_another_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"host": "ducha.example"}).status_code == 400


@pytest.mark.parametrize(
    "address", ["/docs", "/redoc", "/openapi.json", "/nothing", "/documents/x", "/static/nothing"]
)
def test_there_is_nothing_beside_the_pages(client: TestClient, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_an_unknown_case_is_told_in_chinese_with_what_to_do_next(client: TestClient) -> None:
    answer = client.get("/cases/2026-ZH-99")

    assert answer.status_code == 404
    assert "没有这个整改事项" in answer.text
    assert "2026-ZH-99" in answer.text


@pytest.mark.parametrize(
    "address", ["/ledger?light=green", "/ledger?unit=无", "/ledger?page=x", "/documents?kind=x"]
)
def test_a_wrong_address_is_a_wrong_request(client: TestClient, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 400
    assert "请求不正确" in answer.text


def test_a_page_takes_no_other_verb_than_its_own(client: TestClient) -> None:
    own = {"origin": "http://127.0.0.1:8460"}
    verbs = ("POST", "PUT", "PATCH", "DELETE")
    assert {client.request(verb, "/", headers=own).status_code for verb in verbs} == {405}
    assert {client.request(verb, "/").status_code for verb in verbs} == {
        403
    }  # from who knows where, with a cookie


def test_typing_a_number_opens_its_case(client: TestClient) -> None:
    assert client.get("/cases", params={"code": f" {CODE} "}).headers["location"] == CASE
    assert (
        client.get("/cases", params={"code": "//evil.example"}).headers["location"]
        == "/cases/%2F%2Fevil.example"
    )
    assert client.get("/cases").headers["location"] == "/ledger"


@pytest.mark.parametrize("address", [*PAGES, f"{DRAFT}/docx"])
def test_nothing_of_a_referral_is_on_any_page(client: TestClient, address: str) -> None:
    kinds = load_rulebook(read_texts(RULES_DIR, ".yaml")).documents
    hidden = {rule.name for rule in kinds.values() if rule.content is DocumentContent.REFERRAL}
    # A lead given to a unit goes out by an ordinary letter, whose name stands among the kinds to choose from.
    # The names of the sections in the head tell of no row.
    page = client.get(address).text.partition("</header>")[2]
    text = page.replace(kinds["lead_transfer_letter"].name, "")

    for word in (CANARY, *hidden, "移送函", "移交函", "线索", "筛查"):
        assert word not in text


@pytest.mark.parametrize("part", ["", "/pdf", "/docx", "/preview"])
def test_a_letter_of_a_referral_answers_like_a_number_that_was_never_given(
    client: TestClient, part: str
) -> None:
    hidden, missing = client.get(LETTER + part), client.get(f"/documents/999{part}")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    # The head holds a random word of the session, which may hold these digits too.
    head, own = (answer.text.partition("<main")[::2] for answer in (hidden, missing))
    assert head[0] == own[0]
    assert head[1] == own[1].replace("999", "1")


@pytest.mark.parametrize(("part", "head"), [("/pdf", b"%PDF-"), ("/docx", b"PK")])
def test_a_document_is_downloaded_as_an_attachment_with_its_chinese_name(
    client: TestClient, part: str, head: bytes
) -> None:
    answer = client.get(DRAFT + part)

    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(head)
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E5%82%AC%E5%8A%9E%E5%8D%95" in answer.headers["content-disposition"]  # 催办单


def test_the_preview_is_a_picture_and_a_reminder_has_none(client: TestClient) -> None:
    assert client.get(f"{DRAFT}/preview").content.startswith(b"\x89PNG")
    assert client.get(f"{REMINDER}/preview").status_code == 404


def test_a_light_is_a_colour_a_word_and_a_shape(client: TestClient) -> None:
    lamp = re.search(
        r'<span class="lamp lamp-yellow.*?</svg><span>黄灯</span>', client.get(CASE).text, re.DOTALL
    )

    assert lamp is not None
    assert "<path" in lamp.group()


def test_an_empty_database_gives_pages_without_rows(
    tmp_path: Path, settings: Settings, bare: sa.Engine
) -> None:
    with browser_of(bare, settings, "L-DIRECTOR") as browser:
        assert "今天没有待办" in browser.get("/").text
        assert "没有符合条件的整改事项" in browser.get("/ledger").text
        assert "没有符合条件的文书" in browser.get("/documents").text


def test_a_failing_database_is_told_without_its_insides(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'none.db'}")
    app = create_app(engine, settings_in(tmp_path), clock=lambda: NOW)
    browser = TestClient(app, base_url="http://127.0.0.1:8460")
    browser.cookies.set("ducha", "x")
    answer = browser.get("/")
    engine.dispose()

    assert answer.status_code == 503
    assert "SELECT" not in answer.text


def test_an_unexpected_error_shows_nothing_of_the_inside(engine: sa.Engine, tmp_path: Path) -> None:
    def broken_clock() -> None:
        raise RuntimeError(CANARY)

    app = create_app(engine, settings_in(tmp_path), clock=broken_clock)  # type: ignore[arg-type]  # broken on purpose
    answer = TestClient(app, base_url="http://127.0.0.1:8460", raise_server_exceptions=False).get("/")

    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_error_of_the_tree_has_its_status() -> None:
    narrow = {errors.NotFound: 404, errors.NotAllowed: 403, errors.IllegalMove: 409, errors.InvalidInput: 400,
              errors.CalendarMissing: 409, errors.DatabaseFailed: 503}  # fmt: skip
    for kind, status in narrow.items():
        error = kind.__new__(kind)
        assert refusals.status_of(error) == status


def test_no_kind_or_state_of_a_document_lacks_its_word(client: TestClient) -> None:
    text = client.get("/documents").text

    rules = load_rulebook(read_texts(RULES_DIR, ".yaml"))
    for code in (*rules.documents, *DocumentState):
        assert f">{code}<" not in text
