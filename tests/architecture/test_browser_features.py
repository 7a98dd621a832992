"""Pages work in Chromium 78, the engine of old office and 信创 browsers, and under a policy without inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.codes import Light
from system.paths import TEMPLATES_DIR
from tests.architecture.tree import relative, walk

STYLES = tuple(p for p in walk(TEMPLATES_DIR / "static") if p.suffix == ".css")
SCRIPTS = tuple(p for p in walk(TEMPLATES_DIR / "static") if p.suffix == ".js")
PICTURES = tuple(p for p in walk(TEMPLATES_DIR / "static") if p.suffix == ".svg")
PAGES = tuple(p for p in walk(TEMPLATES_DIR / "console") if p.suffix == ".j2")

# Pattern -> the first Chromium that has it. Grid gaps are older and stay allowed (see the test of flex gaps).
NEWER_CSS = {
    r":is\(|:where\(": 88,
    r":has\(": 105,
    r":not\([^()]*,": 88,
    r":focus-visible": 86,
    r"::marker": 86,
    r"(?<![-\w])inset(-block|-inline)?\s*:": 87,
    r"(?<![-\w])(margin|padding)-(inline|block)\s*:": 87,
    r"(?<![-\w])aspect-ratio\s*:": 88,
    r"\b(min|max|clamp)\(": 79,
    r"@(layer|container|property|scope|starting-style)\b": 85,
    r"@supports[^{]*selector\(": 83,
    r"content-visibility|accent-color|scrollbar-gutter|text-wrap|text-underline-offset|text-decoration-thickness": 85,
    r"\b(color-mix|oklch|oklab|lch|lab|light-dark)\(": 111,
    r"(?<![-\w])(translate|rotate|scale)\s*:": 104,
    r"(?<![-\w])appearance\s*:": 84,
    r"\d(dvh|svh|lvh|lh|rlh|cqw)\b": 108,
    r"overflow(-[xy])?\s*:\s*clip": 90,
    r":\s*revert": 84,
    r"&:|&\s*[.>\[]": 112,  # nesting
    r"(?<![-\w])(block|inline)-size\s*:|(?<![-\w])(margin|padding|border)-(block|inline)": 87,
    r"::(file-selector-button|part|highlight|target-text)": 89,
    r":(user-valid|user-invalid|modal|open|popover-open|target-within|dir)\b": 119,
    r"(?<![-\w])(overscroll-behavior-(block|inline)|mask-image)": 120,
    r"\b(subgrid|masonry|fit-content|stretch)\b(?=\s*[;}])": 117,
    r"@media[^{]*[<>]=?": 104,  # ranges in queries
    r"@media[^{]*(prefers-contrast|forced-colors|prefers-reduced-data|dynamic-range|update)": 89,
    r"image-set\(|linear\(|round\(|anchor\(|env\(titlebar": 113,
    r"@import|url\(": 0,  # one stylesheet, nothing loaded from it
}
NEWER_SCRIPT = {
    r"\?\.(?=[A-Za-z_$\[(])": 80,
    r"\?\?": 80,
    r"\|\|=|&&=|\?\?=": 85,
    r"\.replaceAll\(|\.at\(|Object\.hasOwn\b|structuredClone|Promise\.any\b|\bstatic\s*\{": 85,
    r"\.(findLast|findLastIndex|toSorted|toReversed|toSpliced|groupBy|replaceChildren|matchAll)\(": 86,
    r"^\s*(#\w+|this\.#\w+)|\.#\w+": 84,  # private members
    r"^await\b": 89,  # awaiting outside of a function
    r"\b\d+_\d+\b|\d+n\b|\bBigInt\b": 75,  # readable numbers, whole numbers without end: not in ES2018
    r"\b(AggregateError|WeakRef|FinalizationRegistry|AbortSignal\.(any|timeout)|crypto\.randomUUID)\b": 84,
    r"\b(showPicker|requestSubmit|showModal|popover|scrollend|startViewTransition|checkVisibility)\b": 76,
    r"^\s*(import|export)\b|\bimport\(": 63,  # plain scripts, no modules
    r"\.flat\(|\.flatMap\(|Object\.fromEntries|\.trimStart\(|\.trimEnd\(": 0,  # ES2019: kept out with the rest
    r"\beval\(|new Function|innerHTML|document\.write": 0,
}
INLINE = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\bsrc=)",
    "an event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "a script address": r"javascript:",
    "an address of another machine": r"(src|href|action)\s*=\s*[\"'](https?:)?//",
    "unescaped output": r"\|\s*safe\b|autoescape\s+false",
}


def without_comments(path: Path) -> str:
    """Return a file with its comments blanked, line numbers kept."""
    text = path.read_text(encoding="utf-8")
    pattern = r"\{#.*?#\}" if path.suffix == ".j2" else r"/\*.*?\*/"
    return re.sub(pattern, lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)


def found_in(paths: tuple[Path, ...], pattern: str) -> list[str]:
    """Return "file:line: text" of every place where a pattern stands."""
    return [
        f"{relative(path)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(without_comments(path).splitlines(), 1)
        if re.search(pattern, line)
    ]


def rules_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (selector, declarations) of every plain rule of a stylesheet."""
    yield from ((found[1].strip(), found[2]) for found in re.finditer(r"([^{};]+)\{([^{}]*)\}", text))


def test_there_is_something_to_look_at() -> None:
    assert STYLES
    assert PAGES


@pytest.mark.parametrize("pattern", NEWER_CSS)
def test_the_stylesheet_uses_nothing_newer_than_chromium_78(pattern: str) -> None:
    assert found_in(STYLES, pattern) == []


def test_only_grids_have_gaps() -> None:
    wrong = [
        f"{relative(path)}: {selector}"
        for path in STYLES
        for selector, declarations in rules_of(without_comments(path))
        if re.search(r"(?<![-\w])((row|column)-)?gap\s*:", declarations)
        and not re.search(r"display:\s*(inline-)?grid", declarations)
    ]

    assert wrong == []


@pytest.mark.parametrize("pattern", NEWER_SCRIPT)
def test_a_script_uses_nothing_newer_than_chromium_78(pattern: str) -> None:
    assert found_in(SCRIPTS, pattern) == []


@pytest.mark.parametrize("what", INLINE)
def test_no_page_and_no_picture_holds(what: str) -> None:
    assert found_in((*PAGES, *PICTURES), INLINE[what]) == []


@pytest.mark.parametrize(
    ("bad", "patterns"),
    [
        ("a:is(b) {}", NEWER_CSS),
        ("inset: 0;", NEWER_CSS),
        ("width: min(10px, 5%);", NEWER_CSS),
        ("a?.b()", NEWER_SCRIPT),
        ("a ?? b", NEWER_SCRIPT),
        ("this.#open", NEWER_SCRIPT),
        ("a ||= b", NEWER_SCRIPT),
        ("list.at(-1)", NEWER_SCRIPT),
        ("await load()", NEWER_SCRIPT),
        ("dialog.showModal()", NEWER_SCRIPT),
        (":where(b) {}", NEWER_CSS),
        ("a:has(b) {}", NEWER_CSS),
        ("a { &:hover { } }", NEWER_CSS),
        ("@media (width >= 600px) {", NEWER_CSS),
        ("margin-inline: 1em;", NEWER_CSS),
        ('<p style="color:red">', INLINE),
        ("<script>1</script>", INLINE),
        ('<a onclick="x()">', INLINE),
    ],
)
def test_the_bans_find_what_they_are_for(bad: str, patterns: dict[str, object]) -> None:
    texts = [str(value) for value in (patterns.values() if patterns is INLINE else patterns)]

    assert any(re.search(pattern, bad) for pattern in texts)


def test_what_merely_looks_like_a_ban_is_left_alone() -> None:
    for good in ("minmax(0, 1fr)", "min-width: 1px", "-webkit-appearance: none", "max-width: none"):
        assert not any(re.search(pattern, good) for pattern in NEWER_CSS)


def test_the_stylesheet_stays_small() -> None:
    assert sum(path.stat().st_size for path in STYLES) < 60_000  # kept by the browser for a year


def test_each_light_has_a_word_and_a_shape_of_its_own() -> None:
    parts = (TEMPLATES_DIR / "console" / "shared" / "parts.html.j2").read_text(encoding="utf-8")
    lamp = parts[parts.index("macro lamp") : parts.index("endmacro")]

    shapes = re.findall(r"<(?:circle|path)[^>]*/>", lamp)

    assert len(set(shapes)) == len(Light)
    assert "palette.word(light)" in lamp
