"""What a picture is by its own first bytes, whatever its name says: its media type and its size."""

from __future__ import annotations

from dataclasses import dataclass

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
MAX_PIXELS = 60_000_000
# Frames of JPEG that tell the size; the others between C0 and CF are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # marks without a length


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that browsers show: its media type, width and height in pixels."""

    media: str
    width: int
    height: int

    @property
    def is_sane(self) -> bool:
        """Tell whether a browser may be asked to unpack it."""
        return 0 < self.width * self.height <= MAX_PIXELS


def read_picture(content: bytes) -> Picture | None:
    """Return what a picture is; None for anything but a JPEG, PNG or WebP whose head is whole."""
    for read in (_png, _jpeg, _webp):
        found = read(content)
        if found is not None:
            return found
    return None


def _png(content: bytes) -> Picture | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR" or len(content) < 33:
        return None
    return Picture(PNG, int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))


def _jpeg(content: bytes) -> Picture | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        mark = content[at + 1]
        if mark == 0xFF or mark in _ALONE:
            at += 1 if mark == 0xFF else 2
            continue
        if mark in _FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return Picture(JPEG, int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _webp(content: bytes) -> Picture | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        sides = (content[24:27], content[27:30])
        return Picture(WEBP, *(int.from_bytes(side, "little") + 1 for side in sides))
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return Picture(WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        sides = (content[26:28], content[28:30])
        return Picture(WEBP, *(int.from_bytes(side, "little") & 0x3FFF for side in sides))
    return None
