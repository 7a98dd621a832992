"""Asks for every page that there is, with every value that exists and some that do not, and reads every byte.

The pages, the portal and the programming interface are taken from their routing tables; then come the links on what was
found, and the files that are made on demand.
"""

from __future__ import annotations

import html
import inspect
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from fastapi.testclient import TestClient
from httpx import Response

from console.api import PREFIX
from console.api.app import ROUTERS as API_ROUTERS
from console.app import ROUTERS
from tests.console.proof.leakworld import CAMPAIGNS, MARK, County

ABSENT = 9_999
MOST_COMBINED, MOST_FOLLOWED, MOST_ALIKE = 40, 200, 5
# Pages that lay a document out take long: of each a few rows, others in other worlds.
SLOW, MOST_SLOW = re.compile(r"/(pdf|docx|preview|sheet|workbook|print|proof|picture)\b|^/letters/\d"), 2
TOKEN = re.compile(rf"{MARK}[0-9a-f]{{8}}")
LINK = re.compile(r'(?:href|src)="(/[^"]*)"')
FORM = re.compile(r'<form[^>]*action="(/[^"]*)"[^>]*multipart/form-data[^>]*>(.*?)</form>', re.DOTALL)
UPLOAD = re.compile(
    r'<input[^>]*\bname="([^"]+)"[^>]*\btype="file"|<input[^>]*\btype="file"[^>]*\bname="([^"]+)"'
)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
WORD = re.compile(r'name="_csrf" value="([0-9a-f]{64})"')
FILE = re.compile(r"/(files|evidence|proofs)/|/eml$|/minutes$|\.xlsx$|/export$|^/outbox/\d+$")
ASKED = ("q", "query", "text", "word", "words", "find")  # what a search calls its words
NEVER = ("/static/", "/sign-in/oidc")
# What is made on demand: the address and what its form says beside the word of the session.
MADE: tuple[tuple[str, dict[str, str]], ...] = (
    ("/ledger/export", {"state": "all"}),
    ("/statistics/export", {}),
    ("/audit/export", {}),
    ("/periods/numbers", {"kind": "month", "from": "2026-05-01"}),
    *((f"/campaigns/{code}/checklists/export", {}) for code in CAMPAIGNS),
    *((f"/campaigns/{code}/report", {}) for code in CAMPAIGNS),
    *((f"/referrals/{number}/package", {}) for number in (1, 2)),
)


@dataclass
class Found:
    """What one user was sent: {token: the first address}, answers that should not be, and what was asked for.

    links   {address: the page that led there}
    forms   {shape of an address: (address, the form)} of those that take files
    """

    tokens: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)
    word: str = ""


def crawl(browser: TestClient, county: County) -> Found:
    """Ask for everything as one user: the routing tables first, then whatever the pages link to, then files."""
    found = Found()
    for asked in routes(county):
        closed = 0
        for address in asked:
            closed += _ask(browser, address, found) in (303, 401, 403)
            if closed == 2:
                break  # not for this user: the permission of the route is asked before any row
    for choose in (_unlike, _files):
        for address in choose([one for one in found.links if one not in found.asked]):
            status = _ask(browser, address, found)
            if 400 <= status < 500:
                found.broken.append(f"{status} {address} is a link on {found.links[address]}")
    for address, said in MADE:
        _make(browser, address, said, found)
    return found


def _unlike(links: list[str]) -> list[str]:
    """Return some of the addresses: a few of those that differ only in their last part or in their question."""
    seen: Counter[str] = Counter()
    kept = []
    for link in links:
        shape = re.sub(r"=[^&]*", "=", link.rpartition("/")[0] + link.partition("?")[2])
        seen[shape] += 1
        if seen[shape] <= MOST_ALIKE:
            kept.append(link)
    return kept[:MOST_FOLLOWED]


def _files(links: list[str]) -> list[str]:
    """Return every file: each of them holds something else."""
    return [link for link in links if FILE.search(link.partition("?")[0])]


def _ask(browser: TestClient, address: str, found: Found) -> int:
    """Read one answer and return its status; 0 for what was asked for before."""
    if address in found.asked:
        return 0
    found.asked.add(address)
    return _read(browser.get(address), address, found)


def _read(answer: Response, address: str, found: Found) -> int:
    if answer.status_code >= 500:
        found.broken.append(f"{answer.status_code} {address}")
    for token in TOKEN.findall(words_of(answer)):
        if token not in address:  # what was asked for is told back in the error page
            found.tokens.setdefault(token, address)
    if "html" in answer.headers.get("content-type", "") and answer.status_code < 400:
        found.word = found.word or next(iter(WORD.findall(answer.text)), "")
        for action, form in FORM.findall(answer.text):
            found.forms.setdefault(re.sub(r"\d+", "0", action), (html.unescape(action), form))
        for link in LINK.findall(answer.text):
            plain = html.unescape(link).partition("#")[0]
            if not plain.startswith((*NEVER, "//")):
                found.links.setdefault(plain, address)
    return answer.status_code


def _make(browser: TestClient, address: str, said: dict[str, str], found: Found) -> None:
    """Let a file be made, wait for it, and read it; refusals are read too."""
    answer = browser.post(
        address, data={"_csrf": found.word, **said}, headers={"origin": str(browser.base_url)}
    )
    _read(answer, address, found)
    job = answer.headers.get("location", "")
    if not job.startswith("/jobs/"):
        return
    while not browser.get(f"{job}/state").json()["ended"]:
        pass  # the work is done by a thread of this process
    for part in (job, f"{job}/file"):
        _read(browser.get(part), f"{address} {part}", found)


def try_uploads(browser: TestClient, found: Found, bad: Sequence[tuple[str, bytes]]) -> list[str]:
    """Send hostile files to every form that takes files; return where one was not refused."""
    wrong = []
    for number, (action, form) in enumerate(found.forms.values()):
        for one, other in UPLOAD.findall(form):
            name, content = bad[number % len(bad)]
            data = {key: html.unescape(value) for key, value in HIDDEN.findall(form)}
            files, origin = [(one or other, (name, content))], {"origin": str(browser.base_url)}
            status = browser.post(action, data=data, files=files, headers=origin).status_code
            if not 400 <= status < 500:
                wrong.append(f"{status} {action} took {name} as {one or other}")
    return wrong


def addresses(county: County) -> Iterator[str]:
    """Yield the addresses of everything in the routing tables."""
    for asked in routes(county):
        yield from asked


def routes(county: County) -> Iterator[list[str]]:
    """Yield for every page its addresses, filled in with what exists and with what does not."""
    for prefix, routers in (("", ROUTERS), (PREFIX, API_ROUTERS)):
        for router in routers:
            for route in router.routes:
                path = str(getattr(route, "path", ""))
                if "GET" in getattr(route, "methods", ()) and not path.startswith(NEVER):
                    yield list(filled(county, prefix, path, getattr(route, "endpoint", None)))


def filled(county: County, prefix: str, path: str, endpoint: object) -> Iterator[str]:
    """Yield the addresses of one route, filled in with what exists and with what does not."""
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    asked = inspect.signature(endpoint).parameters if callable(endpoint) else {}
    choices = [_values(county, path, name, str(getattr(asked.get(name), "annotation", ""))) for name in names]
    combined = list(itertools.product(*choices))
    most = MOST_SLOW if SLOW.search(path) else MOST_COMBINED
    if len(combined) > most:
        combined = county.random.sample(combined, most)
    for values in combined:
        address = prefix + path
        for name, value in zip(names, values, strict=True):
            address = re.sub(rf"\{{{name}(:\w+)?\}}", quote(value, safe=""), address)
        yield address
        yield from (f"{address}?{word}={MARK}" for word in ASKED if word in asked)


def _values(county: County, path: str, name: str, kind: str) -> list[str]:
    """Return what a part of an address may be; words that only some pages know are found by their links."""
    parts = path.strip("/").split("/")
    first = next((part for part in parts if part in county.codes), "")
    if "int" in kind or kind == "Number":
        highest = next((county.counts[part] for part in reversed(parts) if part in county.counts), 3)
        return [*(str(number) for number in range(1, highest + 1)), str(ABSENT)]
    own = county.codes.get(first, []) if name in ("code", "case", "unit", "person", "login", "token") else []
    return [*own, "没有"]


def words_of(answer: Response) -> str:
    """Return all that can be read in an answer: headers, text, and what office files and PDFs hold."""
    headers = unquote(" ".join(answer.headers.values()))
    return headers + "".join(_texts(answer.content, answer.headers.get("content-type", "")))


def _texts(content: bytes, media: str) -> Iterable[str]:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(archive.read(name), "")
    elif content.startswith(b"%PDF-"):
        from pypdf import PdfReader

        for page in PdfReader(io.BytesIO(content)).pages:
            yield re.sub(r"\s", "", page.extract_text())
    else:
        text = content.decode("utf-8", "replace")
        yield re.sub(r"<[^>]*>|\s", "", text) if "xml" in media else text
