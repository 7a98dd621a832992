"""Asks for every page that there is, with every value that exists and some that do not, and reads every byte."""

from __future__ import annotations

import html
import inspect
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from fastapi.testclient import TestClient
from httpx import Response

from console.app import ROUTERS
from tests.console.proof.leakworld import MARK, County

ABSENT = 9_999
MOST_COMBINED, MOST_FOLLOWED, MOST_ALIKE = 12, 120, 5
# Pages that lay a document out take long: of each a few rows, others in other worlds.
SLOW, MOST_SLOW = (
    re.compile(r"/(pdf|docx|preview|sheet|workbook|print|proofs?|picture|eml)\b|^/letters/\d"),
    2,
)
TOKEN = re.compile(rf"{MARK}[0-9a-f]{{8}}")
LINK = re.compile(r'(?:href|src|action)="(/[^"]*)"')
ASKED = ("q", "query", "text", "word", "words", "find")  # what a search calls its words
NEVER = ("/static/",)


@dataclass
class Found:
    """What one user was sent: {token: the first address}, answers that should not be, and what was asked for."""

    tokens: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)


def crawl(browser: TestClient, county: County) -> Found:
    """Ask for everything as one user: the routing table first, then whatever the pages link to."""
    found, links = Found(), dict[str, None]()
    for asked in routes(county):
        closed = 0
        for address in asked:
            closed += _ask(browser, address, found, links)
            if closed == 2:
                break  # not for this user: the permission of the route is asked before any row
    for address in _unlike([one for one in links if one not in found.asked]):
        _ask(browser, address, found, {})
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


def _ask(browser: TestClient, address: str, found: Found, links: dict[str, None]) -> bool:
    """Read one answer; tell whether it was refused."""
    if address in found.asked:
        return False
    found.asked.add(address)
    answer = browser.get(address)
    if answer.status_code >= 500 and not SLOW.search(address):  # papers of builders hold nothing to lay out
        found.broken.append(f"{answer.status_code} {address}")
    for token in TOKEN.findall(words_of(answer)):
        if token not in address:  # what was asked for is told back in the error page
            found.tokens.setdefault(token, address)
    if "html" in answer.headers.get("content-type", ""):
        for link in LINK.findall(answer.text):
            plain = html.unescape(link).partition("#")[0]
            if not plain.startswith((*NEVER, "//")):
                links[plain] = None
    return answer.status_code in (303, 403)


def addresses(county: County) -> Iterator[str]:
    """Yield the addresses of every page of the routing table."""
    for asked in routes(county):
        yield from asked


def routes(county: County) -> Iterator[list[str]]:
    """Yield for every page its addresses, filled in with what exists and with what does not."""
    for router in ROUTERS:
        for route in router.routes:
            if "GET" in getattr(route, "methods", ()):
                yield list(_filled(county, str(getattr(route, "path", "")), getattr(route, "endpoint", None)))


def _filled(county: County, path: str, endpoint: object) -> Iterator[str]:
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    asked = inspect.signature(endpoint).parameters if callable(endpoint) else {}
    choices = [_values(county, path, name, str(getattr(asked.get(name), "annotation", ""))) for name in names]
    combined = list(itertools.product(*choices))
    most = MOST_SLOW if SLOW.search(path) else MOST_COMBINED
    if len(combined) > most:
        combined = county.random.sample(combined, most)
    for values in combined:
        address = path
        for name, value in zip(names, values, strict=True):
            address = re.sub(rf"\{{{name}(:\w+)?\}}", quote(value, safe=""), address)
        yield address
        yield from (f"{address}?{word}={MARK}" for word in ASKED if word in asked)


def _values(county: County, path: str, name: str, kind: str) -> list[str]:
    """Return what a part of an address may be; words that only some pages know are found by their links."""
    first = next((part for part in path.strip("/").split("/") if part in county.codes), "")
    if "int" in kind:
        highest = county.counts.get(path.strip("/").partition("/")[0], 3)
        return [*(str(number) for number in range(1, highest + 1)), str(ABSENT)]
    own = county.codes.get(first, []) if name in ("code", "case", "unit", "person", "login") else []
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
