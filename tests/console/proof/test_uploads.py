"""Files from outside: nothing hostile gets through, the error says in Chinese what is wrong, and memory stays flat."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.responses import PlainTextResponse, Response
from fastapi.testclient import TestClient

from console.app import create_app
from console.forms import HasForm, plain_name
from console.routes import Pages
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from delivery.sheets.reading import read_table
from delivery.uploads.checking import check_upload
from delivery.uploads.kinds import PICTURES, SEALED, TABLES
from system.paths import ROOT
from tests.console.conftest import NOW, settings_in, sign_in
from tests.console.proof import corpus
from tests.console.proof.corpus import HOSTILE, SWELLING, Bad, honest

MOST_MEMORY_MB = 150
router = Pages(Permission.OWN_ACCOUNT)


@router.page("/try")
def show_try() -> Response:
    return PlainTextResponse("form")


def _again(form: HasForm, error: DuchaError) -> Response:
    return PlainTextResponse(f"again {form.text('note')} {error}")


@router.act("/try", again=_again)
def try_it(form: HasForm) -> Response:
    """Tell what arrived."""
    found = [path for paths in form.files.values() for path in paths]
    form.file("seal", SEALED)
    return PlainTextResponse("\n".join(f"{path.name} {path.stat().st_size}" for path in found))


@pytest.fixture(scope="module")
def browser(engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give a browser on a console that has one more form, which takes any file."""
    settings = settings_in(tmp_path_factory.mktemp("uploads"))
    app = create_app(engine, settings, clock=lambda: NOW)
    app.include_router(router)
    with TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False) as one:
        one.cookies.set("ducha", sign_in(engine, settings, "L-DIRECTOR"))
        one.headers["origin"] = "http://127.0.0.1:8460"
        one.headers["x-word"] = re.findall(r'_csrf" value="(\w+)"', one.get("/account").text)[0]
        yield one


def send(browser: TestClient, files: list[tuple[str, tuple[str, bytes]]], **more: str) -> str:
    answer = browser.post("/try", data={"_csrf": browser.headers["x-word"], **more}, files=files)
    assert answer.status_code in (200, 400), answer.text
    return answer.text


def kept(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# ---- what files are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: bad.label)
def test_nothing_hostile_gets_through(bad: Bad, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_upload(kept(tmp_path, bad.name, bad.make()))

    assert bad.said in str(caught.value)
    assert bad.name in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content"), list(honest()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_offices_send_passes(name: str, content: bytes, tmp_path: Path) -> None:
    check_upload(kept(tmp_path, name, content))


@pytest.mark.parametrize("bad", SWELLING, ids=lambda bad: bad.label)
def test_what_would_swell_is_stopped_before_it_is_read(bad: Bad, tmp_path: Path) -> None:
    path = kept(tmp_path, bad.name, bad.make())
    check_upload(path)

    with pytest.raises(InvalidInput, match=bad.said):
        read_table(path, what="样表", required=("编号",))


def test_a_form_takes_only_the_kinds_it_is_for(tmp_path: Path) -> None:
    path = kept(tmp_path, "通知.pdf", corpus.PDF)
    check_upload(path, SEALED)
    for kinds in (TABLES, PICTURES):
        with pytest.raises(InvalidInput, match="不能接收"):
            check_upload(path, kinds)


def test_a_formula_comes_in_as_the_text_it_is(tmp_path: Path) -> None:
    path = kept(tmp_path, "表.csv", '编号,名称\n=1+1,"=HYPERLINK(""http://x"")"\n'.encode())

    (row,) = read_table(path, what="样表", required=("编号", "名称")).rows

    assert (row.text("编号"), row.text("名称")) == ("=1+1", '=HYPERLINK("http://x")')


CHILD = """
import json, resource, sys
from pathlib import Path
from core.errors import InvalidInput
from delivery.sheets.reading import read_table
from delivery.uploads.checking import check_upload
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
through = []
for path in sorted(Path(sys.argv[1]).iterdir()):
    for look in (check_upload, lambda one: read_table(one, what="样表", required=("编号",))):
        try:
            look(path)
        except InvalidInput:
            break
    else:
        through.append(path.name)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"through": through, "grown": (after - before) / 1024}))
"""


def test_memory_stays_flat_while_the_whole_corpus_is_refused(tmp_path: Path) -> None:
    for number, bad in enumerate((*HOSTILE, *SWELLING)):
        kept(tmp_path, f"{number:02}-{bad.name}", bad.make())

    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    found = json.loads(run.stdout)
    assert found["through"] == []
    assert found["grown"] < MOST_MEMORY_MB


# ---- how they come -----------------------------------------------------------------------------------------------


def test_a_refused_file_shows_the_page_again_with_what_was_typed(browser: TestClient) -> None:
    said = send(browser, [("file", ("表.xlsm", corpus.workbook()))], note="打过的字")

    assert said.startswith("again 打过的字 文件“表.xlsm”不能接收")


def test_files_arrive_under_plain_names_and_side_by_side(browser: TestClient) -> None:
    names = (
        "../../etc/a.pdf",
        "C:\\b.pdf",
        "c.pdf",
        "c.pdf",
        "长" * 500 + ".pdf",
        "CON.pdf",
        "通知\u202efdp.pdf",
    )
    said = send(browser, [("file", (name, corpus.PDF)) for name in names])

    size = len(corpus.PDF)
    plain = ["a.pdf", "b.pdf", "c.pdf", "c.pdf", "长" * 66 + ".pdf", "_CON.pdf", "通知fdp.pdf"]
    assert said.splitlines() == [f"{name} {size}" for name in plain]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "\x00", "a\x00.pdf", "\r\nX: y", "aux", "con.tar", "a" * 5_000, ".bashrc", "x." * 900]
)  # fmt: skip
def test_any_name_becomes_one_that_a_disk_can_hold(name: str, tmp_path: Path) -> None:
    plain = plain_name(name)

    assert plain
    assert "/" not in plain
    assert plain.isprintable()
    (tmp_path / plain).write_bytes(b"x")
    assert (tmp_path / plain).parent == tmp_path


def test_the_folder_of_an_upload_is_gone_afterwards(browser: TestClient, tmp_path: Path) -> None:
    import tempfile

    before = set(Path(tempfile.gettempdir()).glob("ducha-form-*"))
    send(browser, [("file", ("a.pdf", corpus.PDF))])
    send(browser, [("file", ("a.exe", b"MZ\x90"))])
    assert set(Path(tempfile.gettempdir()).glob("ducha-form-*")) <= before


# ---- shapes of requests that kept other servers busy -------------------------------------------------------------

BOUND = "b0und"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUND}"}


def part(name: str, extra: str = "", content: str = "x") -> bytes:
    return f'--{BOUND}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{content}\r\n'.encode()


def chunks(size: int) -> Iterator[bytes]:
    yield part("note", content="").rstrip()
    for _ in range(size // 65_536):
        yield b"x" * 65_536


SHAPES = {
    "many fields": lambda: b"".join(part(f"f{number}") for number in range(2_000)),
    "many files": lambda: b"".join(part("file", f'; filename="{number}.pdf"') for number in range(200)),
    "a long field": lambda: part("note", content="x" * 2_000_000),
    "a huge header": f"--{BOUND}\r\nContent-Disposition: {'x' * 2_000_000}\r\n\r\n".encode,
    "many headers": lambda: f"--{BOUND}\r\n".encode() + b"X-A: b\r\n" * 100_000 + b"\r\n",
    "many semicolons": lambda: part("a", ";" * 500_000),
    "no end": lambda: part("note")[:-10],
    "nothing but line ends": lambda: b"\r\n" * 1_000_000,
    "no name": f"--{BOUND}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{BOUND}--".encode,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_crafted_form_is_refused(browser: TestClient, shape: str) -> None:
    answer = browser.post("/try", content=SHAPES[shape](), headers=MULTIPART)

    assert answer.status_code in (400, 403, 413), answer.text
    assert re.search(r"[\u4e00-\u9fff]", answer.text)


def test_a_form_in_the_address_style_has_its_limits_too(browser: TestClient) -> None:
    plain = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/try", content=b"a=1&" * 5_000, headers=plain).status_code == 400
    assert browser.post("/try", content=b"a=" + b"x" * 3_000_000, headers=plain).status_code in (400, 413)


def test_a_body_that_does_not_tell_its_size_is_stopped_on_the_way(browser: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for block in chunks(60 * 1024 * 1024):
            sent += len(block)
            yield block

    answer = browser.post("/try", content=endless(), headers=MULTIPART)

    assert answer.status_code in (400, 413)
    assert re.search(r"[\u4e00-\u9fff]", answer.text)


def test_a_body_that_tells_it_is_too_large_is_told_so_in_chinese(browser: TestClient) -> None:
    answer = browser.post(
        "/try", content=b"x", headers={**MULTIPART, "content-length": str(30 * 1024 * 1024)}
    )

    assert answer.status_code == 413
    assert "25 MB" in answer.text
