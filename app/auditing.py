"""Refusals in the audit: who was refused what, and from where. Nothing that is allowed pays for it.

A row is written after the refusal is known, in a transaction of its own, and only so often: whoever is refused in a
loop must not fill the disk. What was not kept is counted in the next row that is.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog
from flask import Flask, Response, g, request

from app.asking import Ask, address_of
from app.cookies import session_in
from app.desk import Desk
from bpmn.errors import FaultdeskError
from storage.background import in_background
from storage.credentials import Credential
from storage.failures import ERRORS
from storage.refusals import keep

PER_CREDENTIAL = 10
"""Refusals of one session or token that are kept in a minute."""
ALTOGETHER = 60
"""Refusals that one process keeps in a minute, whoever they concern."""

_WINDOW = timedelta(minutes=1)
_KNOWN = 10_000
_LONGEST = 100
_ELSEWHERE = frozenset({"PASSWORD_WRONG"})
"""Codes of refusals that their own command records."""

log = structlog.get_logger("faultdesk.audit")


@dataclass
class _Minute:
    began: datetime
    kept: int = 0
    skipped: int = 0


class Ration:
    """Counts, per key and altogether, what is kept within a minute."""

    def __init__(self) -> None:
        self._minutes: OrderedDict[object, _Minute] = OrderedDict()
        self._all: _Minute | None = None
        self._lock = Lock()

    def take(self, key: object, now: datetime) -> int | None:
        """Take one: how many were left out under this key since the last one kept; None when this one is left out."""
        with self._lock:
            mine = self._minutes.setdefault(key, _Minute(began=now))
            self._minutes.move_to_end(key)
            while len(self._minutes) > _KNOWN:
                self._minutes.popitem(last=False)
            everybody = self._all = self._all or _Minute(began=now)
            for minute in (mine, everybody):
                if now - minute.began >= _WINDOW:
                    minute.began, minute.kept = now, 0
            if mine.kept >= PER_CREDENTIAL or everybody.kept >= ALTOGETHER:
                mine.skipped += 1
                return None
            mine.kept += 1
            everybody.kept += 1
            skipped, mine.skipped = mine.skipped, 0
            return skipped


def audit_refusals(app: Flask, desk: Desk) -> None:
    """Record every refusal of somebody who is known, once it is answered."""
    ration = Ration()

    @app.after_request
    def record(response: Response) -> Response:
        code = g.pop("refused", None)
        if code is not None:
            _record(desk, ration, code)
        return response


def _record(desk: Desk, ration: Ration, code: str) -> None:
    ask: Ask | None = g.get("ask")
    # A request from a foreign page is refused before its asking is complete.
    credential = ask.credential if ask is not None else session_in(request, desk.settings)
    if credential is None or code in _ELSEWHERE:
        return
    now = desk.settings.clock()
    skipped = ration.take(credential, now)
    if skipped is not None:
        _keep(desk, credential, _about(code, skipped), now)


def _about(code: str, skipped: int) -> dict[str, object]:
    """What is kept of a refused request: its address, but nothing that came in its query or body."""
    named = {name: str(value)[:_LONGEST] for name, value in (request.view_args or {}).items()}
    route = "" if request.url_rule is None else request.url_rule.rule
    about: dict[str, object] = {"code": code, "method": request.method, "route": route, "named": named}
    return {**about, "skipped": skipped} if skipped else about


def _keep(desk: Desk, credential: Credential, about: dict[str, object], now: datetime) -> None:
    address = address_of(request, desk)
    try:
        in_background(desk.database, lambda work: keep(work, credential, about, address=address), now=now)
    except (FaultdeskError, *ERRORS) as failed:
        # The refusal stands whether or not it can be written down.
        log.error("refusal_not_kept", error=type(failed).__name__)
