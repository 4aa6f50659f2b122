"""From a request to a unit of work: who asks, under which conditions, and at which moment."""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, cast

from flask import Request, g
from flask import request as flask_request

from app.addresses import client_address
from app.allowing import Allow, Public, required, scope_of
from app.cookies import session_in
from app.csrf import check_origin, check_token
from app.desk import Desk
from app.errors import Malformed
from app.languages import negotiated
from app.problems import problem_answer
from bpmn.errors import FaultdeskError
from engine.errors import Unauthenticated
from engine.hashing import HashingDue
from storage.answer import Answer
from storage.credentials import Credential, SessionCredential, TokenCredential, hash_of
from storage.idempotency import IdempotencyKey
from storage.store import Store
from storage.units import look, perform

T = TypeVar("T")

_SMALL = 1024 * 1024
"""Bytes of a body that is read before it is known who sends it."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ETAG = re.compile(r'"v([1-9][0-9]{0,8})(?:\.[0-9a-f]+)?"')


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request: everything about it but its route's own arguments."""

    desk: Desk
    allow: Allow
    method: str
    route: str
    credential: Credential | None
    """None for anonymous requests and on routes that are open to everybody."""
    session: SessionCredential | None
    """The session that the cookie names, on any route; not yet known to stand."""
    idempotency: IdempotencyKey | None
    if_match: int | None
    """The version that If-Match names; None without the header or for `*`."""
    address: str | None
    agent: str | None
    now: datetime
    language: str
    request_id: str

    def perform(self, act: Callable[[Store], Answer | FaultdeskError], *, keyed: bool = True) -> Answer:
        """Run a command in one transaction (see `storage.units.perform`).

        `keyed` False is for what says or answers a secret: under an idempotency key it would be kept for a day.
        """
        runs = 0

        def counted(work: Store) -> Answer | FaultdeskError:
            nonlocal runs
            runs += 1
            try:
                return act(work)
            except HashingDue:
                runs -= 1  # This is no race that was lost.
                raise

        try:
            answer = perform(
                self.desk.database,
                counted,
                credential=self.credential,
                require=required(self.allow),
                scope=scope_of(self.allow, self.method),
                idempotency=self.idempotency if keyed else None,
                address=self.address,
                now=self.now,
                on_refusal=self.refusal,
            )
        except FaultdeskError as refused:
            self._count(refused.code, runs)
            raise
        self._count("replayed" if answer.replayed else "done", runs)
        self.desk.wake()
        return answer

    def look(self, query: Callable[[Store], T]) -> T:
        """Run a query (see `storage.units.look`)."""
        return look(
            self.desk.database,
            query,
            credential=self.credential,
            require=required(self.allow),
            scope=scope_of(self.allow, self.method),
            now=self.now,
        )

    def admit(self) -> None:
        """Find out whether this route is open to the asker, where no command or query of theirs will.

        Raises: Unauthenticated, Forbidden.
        """
        self.look(lambda work: work.admit())

    def limit(self, what: str, most: int) -> None:
        """Count something that this credential may do only so often in a minute.

        Raises: TooMany `RATE_LIMITED`.
        """
        if isinstance(self.credential, SessionCredential | TokenCredential):
            self.desk.limiter.count((what, self.credential.hash), most, self.now)

    def refusal(self, error: FaultdeskError) -> Answer:
        """The refusal as it is answered and, under an idempotency key, kept."""
        return problem_answer(error, language=self.language, request_id=self.request_id)

    def _count(self, outcome: str, runs: int) -> None:
        self.desk.metrics.command(route=self.route, outcome=outcome)
        self.desk.metrics.retried(max(runs - 1, 0))


def begin(request: Request, desk: Desk, allow: Allow, *, request_id: str) -> Ask:
    """The asking of a request whose route is known.

    Raises: in this order, Unauthenticated `NOT_SIGNED_IN` or `TOKEN_INVALID`, Forbidden `CSRF`, Malformed
        `IDEMPOTENCY_KEY_MALFORMED` or `IF_MATCH_MALFORMED`.
    """
    credential = _credential(request, desk, allow)
    session = session_in(request, desk.settings)
    _refuse_cross_site(request, desk, credential)
    ask = Ask(
        desk=desk,
        allow=allow,
        method=request.method,
        route="" if request.url_rule is None else request.url_rule.rule,
        credential=credential,
        session=session,
        idempotency=None,
        if_match=_if_match(request),
        address=address_of(request, desk),
        agent=request.headers.get("User-Agent", "")[:200] or None,
        now=desk.settings.clock(),
        language=negotiated(request, desk.settings.language),
        request_id=request_id,
    )
    if credential is not None and "Idempotency-Key" in request.headers and _is_large(request):
        # The key's hash needs the whole body, and nobody unknown may have it read.
        ask.admit()
    key = _idempotency(request) if credential is not None else None
    g.ask = ask if key is None else replace(ask, idempotency=key)
    return cast("Ask", g.ask)


def keyed(ask: Ask, key: str | None) -> Ask:
    """The asking under a key that came as a field of a form; None asks without one.

    Raises: Malformed `IDEMPOTENCY_KEY_MALFORMED`.
    """
    if key is None:
        return replace(ask, idempotency=None)
    return replace(ask, idempotency=_keyed(flask_request, key))


def asking() -> Ask:
    """The asking of the request that is being answered."""
    return cast("Ask", g.ask)


def address_of(request: Request, desk: Desk) -> str | None:
    """Where the request comes from."""
    forwarded = request.headers.get("X-Forwarded-For")
    return client_address(request.remote_addr, forwarded, desk.settings.trusted_proxies)


def _credential(request: Request, desk: Desk, allow: Allow) -> Credential | None:
    if isinstance(allow, Public):
        return None
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("TOKEN_INVALID")
        return TokenCredential(hash_of(token.strip()))
    session = session_in(request, desk.settings)
    if session is None:
        raise Unauthenticated("NOT_SIGNED_IN")
    return session


def _refuse_cross_site(request: Request, desk: Desk, credential: Credential | None) -> None:
    if request.method in _SAFE:
        return
    if isinstance(credential, SessionCredential):
        check_origin(request, desk.settings, required=True)
        check_token(request, desk.settings, credential.hash)
    elif credential is None:
        # Nobody is signed in yet, but a foreign page must not sign somebody in either.
        check_origin(request, desk.settings, required=False)


def _if_match(request: Request) -> int | None:
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise Malformed("IF_MATCH_MALFORMED")
    return int(found[1])


def _is_large(request: Request) -> bool:
    return request.content_length is None or request.content_length > _SMALL


def _idempotency(request: Request) -> IdempotencyKey | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method in _SAFE:
        return None
    return _keyed(request, key)


def _keyed(request: Request, key: str) -> IdempotencyKey:
    if not _KEY.fullmatch(key):
        raise Malformed("IDEMPOTENCY_KEY_MALFORMED")
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode("utf-8", "replace"))
    for part in _content(request):
        digest.update(hashlib.sha256(part).digest())
    return IdempotencyKey(key=key, request_hash=digest.digest())


def _content(request: Request) -> list[bytes]:
    """What the request says. A form's parts, not its bytes, which were read to find its token; and every try of
    multipart/form-data chooses another boundary between them."""
    if request.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return [request.get_data()]
    parts = [f"{name}={value}".encode("utf-8", "replace") for name, value in request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        digest = hashlib.file_digest(cast("io.BytesIO", file.stream), "sha256").hexdigest()
        file.stream.seek(0)
        parts.append(f"{name}={file.filename}:{digest}".encode("utf-8", "replace"))
    return parts
