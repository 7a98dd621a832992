"""What every answer carries and what no request may be: strict headers, forms from our own pages only."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api import PREFIX
from system.settings import Settings

# Only what this console serves itself: nothing inline, nothing from anywhere else.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"  # a year, once browsers come by TLS
NO_STORE = "no-store"
KEEP = "public, max-age=31536000, immutable"  # the address of a static file changes with its content
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
SIGN_IN = "/sign-in"
MAX_BODY = 25 * 1024 * 1024
TOO_LARGE = f"上传的内容超过{MAX_BODY // 1024 // 1024} MB，请压缩或分次上传。"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def hosts_of(settings: Settings) -> list[str]:
    """Return the names by which browsers may call the console: this machine's own, and that of its address."""
    name = urlsplit(settings.address).hostname
    return [*THIS_MACHINE, *([name] if name else [])]


def cookie_name(settings: Settings) -> str:
    """Return the name of the session cookie: bound to host and TLS where the browser comes by TLS."""
    return "__Host-ducha" if settings.is_https else "ducha"


def sign_in_address(back: str) -> str:
    """Return the address of the sign-in page that leads back to a page."""
    return f"{SIGN_IN}?next={quote(back, safe='')}"


class SecurityHeaders:
    """Middleware that adds the headers to every answer, errors and refused hosts included."""

    def __init__(self, app: ASGIApp, *, is_https: bool = False) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        keep = scope["path"].startswith("/static/") and b"v=" in scope.get("query_string", b"")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers["Cache-Control"] = KEEP if keep and message["status"] == 200 else NO_STORE
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit(RequestBodyLimitMiddleware):
    """Middleware that refuses a body larger than the limit: at once where it says so, else on the way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if said.isascii() and said.isdigit() and int(said[:20]) > self.max_body_size:
            refusal = _refusal(scope, 413, TOO_LARGE, "too-large")
            await refusal(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


class SameOrigin:
    """Middleware that refuses what another site made a browser send: forms and calls that change something.

    A browser tells with every such request where its page came from; programs that tell nothing carry no cookie.
    source   OWASP ASVS 5.0, 3.5.1
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not _is_own(Headers(scope=scope)):
            refusal = _refusal(scope, 403, "请求来自其他网站，已拒绝。", "not-allowed")
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _refusal(scope: Scope, status: int, text: str, kind: str) -> Response:
    """Return the answer to a refused request: a problem to a program, a sentence to a browser."""
    if not scope["path"].startswith(f"{PREFIX}/"):
        return PlainTextResponse(text, status_code=status)
    from console.api.problems import answer_early  # which the sign-in page does without

    return answer_early(kind, text)


def _is_own(headers: Headers) -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is not None:
        return origin.partition("://")[2] == headers.get("host")
    return site is not None or "cookie" not in headers
