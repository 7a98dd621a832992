"""A small identity provider on loopback: it signs what a test tells it to, and looks at what it is asked."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "ducha", "geheim-und-lang"


@dataclass
class IdentityProvider:
    """What it knows and what it will say; `claims` are laid over the right ones."""

    now: datetime
    subject: str = "u-1001"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    signing: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def authorise(self, address: str) -> dict[str, str]:
        """Answer as if somebody had signed in there: the query of the way back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        self.asked = query
        code = f"code-{len(self.codes)}"
        self.codes.add(code)
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], auth: str) -> tuple[int, dict[str, Any]]:
        wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        right = (
            auth == wanted
            and form.get("code") in self.codes
            and form.get("redirect_uri") == self.asked.get("redirect_uri")
            and create_s256_code_challenge(form.get("code_verifier", "")) == self.asked.get("code_challenge")
        )
        if not right:
            return 400, {"error": "invalid_grant"}
        self.codes.discard(form["code"])
        now = int(self.now.timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300,
            "nonce": self.asked["nonce"], **self.claims,
        }  # fmt: skip
        text = jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, self.signing or self.key)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": text}

    def read(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            }  # fmt: skip
        return {"keys": [self.key.as_dict(private=False)]}


@contextmanager
def serving(now: datetime) -> Iterator[IdentityProvider]:
    """Serve a provider on a free port of loopback."""
    provider = IdentityProvider(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name the server asks for
            self._send(200, provider.read(self.path))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self._send(*provider.token(form, self.headers.get("authorization", "")))

        def _send(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
