"""Files that leave the console: always as attachments, under a name that headers and disks can carry."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
ANY = "application/octet-stream"


def attachment(content: bytes, name: str, media: str = ANY) -> Response:
    """Return a download; browsers save it and never show it inside the console.

    name   in any script; it goes out percent-encoded (RFC 6266), beside a plain one for old programs
    """
    ending = name.rpartition(".")[2] if "." in name else ""
    plain = f"download.{ending}" if ending.isascii() and ending.isalnum() else "download"
    shown = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media, headers={"Content-Disposition": shown})
