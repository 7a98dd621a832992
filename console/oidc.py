"""The organisation's own identity provider (OpenID Connect): authorization code with PKCE, state and nonce.

The provider only says who somebody is; which account that is was bound by an administrator, and what the account may
do is decided here. Without an issuer in the settings nothing of this is offered.
source   OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE); RFC 9207 (issuer in the answer); RFC 9700
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # no stubs
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from casework.accounts.installationkey import installation_bytes
from core.errors import InvalidInput, NotAllowed, WorldFailed
from system.secretfiles import read_secret
from system.settings import Settings

BACK = "/sign-in/oidc/back"
COOKIE = "ducha-oidc"
ATTEMPT_SECONDS = 600
KNOWN_FOR = timedelta(hours=1)
LEEWAY, SECONDS = 60, 10.0
ALGORITHMS = ("RS256", "PS256", "ES256")  # never none, never one with a shared secret
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in under way: what the answer must fit, and where to go afterwards."""

    state: str
    nonce: str
    verifier: str
    back: str

    def seal(self, settings: Settings) -> str:
        """Return the attempt for a cookie: nobody but this installation reads or writes one."""
        text = json.dumps([self.state, self.nonce, self.verifier, self.back])
        return Fernet(installation_bytes(settings.key_file)).encrypt(text.encode()).decode("ascii")

    @staticmethod
    def open(settings: Settings, sealed: str) -> Attempt:
        """Return the attempt of a cookie; raise NotAllowed when there is none or it is too old."""
        try:
            key = Fernet(installation_bytes(settings.key_file))
            return Attempt(*json.loads(key.decrypt(sealed.encode(), ttl=ATTEMPT_SECONDS)))
        except (InvalidToken, ValueError, TypeError):
            raise _refused("登录没有从本系统开始，或者已经超时") from None


@dataclass(slots=True)
class Provider:
    """The identity provider of the settings; what it says of itself is kept for an hour."""

    settings: Settings
    _known: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _until: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def _redirect(self) -> str:
        return self.settings.address.rstrip("/") + BACK

    def begin(self, back: str, now: datetime) -> tuple[str, Attempt]:
        """Return the address to send the browser to, and the attempt that its answer must fit."""
        state, nonce, verifier = (
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(48),
        )
        attempt = Attempt(state, nonce, verifier, back)
        asked = {
            "response_type": "code", "client_id": self.settings.oidc_client_id or "", "redirect_uri": self._redirect,
            "scope": "openid", "state": attempt.state, "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        goal = str(self._said(now)["authorization_endpoint"])
        return f"{goal}{'&' if '?' in goal else '?'}{urlencode(asked)}", attempt

    def finish(self, attempt: Attempt, given: dict[str, str], now: datetime) -> str:
        """Return the subject that the provider vouches for; raise NotAllowed for an answer that does not fit."""
        if not secrets.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
            raise _refused("应答与本次登录不符")
        if given.get("iss", self.settings.oidc_issuer) != self.settings.oidc_issuer:
            raise _refused("应答来自其他认证系统")
        if given.get("error") or not given.get("code"):
            raise _refused("统一身份认证没有通过")
        token = self._exchange(given["code"], attempt.verifier, now)
        return self._subject(str(token.get("id_token", "")), attempt.nonce, now)

    def _exchange(self, code: str, verifier: str, now: datetime) -> dict[str, Any]:
        """Return what the provider gives for a code; the secret goes in a header, never in an address."""
        path, client = self.settings.oidc_secret_file, self.settings.oidc_client_id or ""
        given = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect,
            "code_verifier": verifier, **({} if path else {"client_id": client}),
        }  # fmt: skip
        auth = httpx.BasicAuth(quote(client, safe=""), quote(read_secret(path), safe="")) if path else None
        try:
            answer = httpx.post(
                str(self._said(now)["token_endpoint"]), data=given, auth=auth, timeout=SECONDS,
                follow_redirects=False,
            )  # fmt: skip
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(error) from error
        if answer.status_code != httpx.codes.OK or not isinstance(told, dict):
            raise _refused("统一身份认证没有通过")
        return told

    def _subject(self, text: str, nonce: str, now: datetime) -> str:
        try:
            claims = self._claims(text, now)
        except (JoseError, ValueError):
            self._forget()  # perhaps its keys have changed: the next attempt asks for them
            raise _refused("认证结果的签名不正确") from None
        known = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.oidc_issuer or ""},
            aud={"essential": True, "value": self.settings.oidc_client_id or ""},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            known.validate(claims)
        except JoseError:
            raise _refused("认证结果与本次登录不符，或者已经过期") from None
        if claims.get("azp", self.settings.oidc_client_id) != self.settings.oidc_client_id:
            raise _refused("认证结果是给其他系统的")
        return str(claims["sub"])

    def _claims(self, text: str, now: datetime) -> dict[str, Any]:
        self._said(now)
        assert self._keys is not None  # what the provider says of itself comes with its keys
        return dict(jwt.decode(text, self._keys, algorithms=list(ALGORITHMS)).claims)

    def _said(self, now: datetime) -> dict[str, Any]:
        with self._lock:
            if self._until is None or now >= self._until:
                self._known = _ask(f"{self._issuer().rstrip('/')}/.well-known/openid-configuration")
                if self._known.get("issuer") != self.settings.oidc_issuer:
                    raise _away(ValueError("issuer"))
                # What is no key set is refused by the library itself.
                self._keys = KeySet.import_key_set(cast(Any, _ask(_safe(str(self._known["jwks_uri"])))))
                for name in ("authorization_endpoint", "token_endpoint"):
                    _safe(str(self._known[name]))
                self._until = now + KNOWN_FOR
            return self._known

    def _forget(self) -> None:
        with self._lock:
            self._until = None

    def _issuer(self) -> str:
        return _safe(self.settings.oidc_issuer or "")


def _safe(address: str) -> str:
    """Return an address that is asked by TLS, or is on this machine; raise InvalidInput for any other."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return address
    raise InvalidInput(
        "统一身份认证的地址不安全", found=address[:80], expected="https 地址", remedy="修改 DUCHA_OIDC_ISSUER"
    )


def _ask(address: str) -> dict[str, Any]:
    try:
        answer = httpx.get(address, timeout=SECONDS, follow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise _away(error) from error
    if not isinstance(told, dict):
        raise _away(ValueError("no object"))
    return told


def _refused(what: str) -> NotAllowed:
    return NotAllowed(
        what, found="统一身份认证", expected="本次登录的认证结果", remedy="重新登录，或使用密码登录"
    )


def _away(error: Exception) -> WorldFailed:
    return WorldFailed(
        "统一身份认证暂时不可用",
        found=type(error).__name__,
        expected="认证系统正常应答",
        remedy="稍后重试，或使用密码登录",
    )
