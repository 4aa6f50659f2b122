"""Clients that take tickets from opening to closing, and repeat what was not answered.

A client never learns that something was killed. It sends a request with a key until there is an answer to it; a change
that had taken place before the answer was lost is then acknowledged by the answer given first.
"""

import io
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from engine.values.events import EventType
from tests.crash.ledger import Change, Page
from tests.crash.people import Cast, Worker
from tests.crash.wire import Reply, Request, Wire, upload_of
from tests.support.desk import ASSESSMENT, HANDLING, REPORT, REVIEW

PAUSE_S = 0.05
_REDO_AT_MOST = 2


class Stopped(Exception):
    """The load is over, or this client can work no more: it begins nothing new."""


@dataclass(kw_only=True)
class Client:
    """One of the clients, to be run in a thread."""

    name: str
    cast: Cast
    port: int
    stop: threading.Event
    chance: random.Random = field(default_factory=random.Random)
    plainly: bool = False
    """Do only what a ticket needs, and leave nothing to chance."""
    page: Page = field(default_factory=Page)
    on_silence: Callable[[], None] = lambda: time.sleep(PAUSE_S)
    """What is done between a sending that was not answered and the next."""
    _wires: dict[str, Wire] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def run(self) -> None:
        """Work until told to stop, then finish the request that is under way."""
        try:
            while not self.stop.is_set():
                self._ticket()
        except Stopped:
            pass
        finally:
            for wire in self._wires.values():
                wire.close()

    def _ticket(self) -> None:
        """One ticket, from its report to its end."""
        ticket, handle = self.open()
        if self._now_and_then(0.5):
            self.comment(ticket)
        self.claim(self.cast.ops, handle)
        if self._now_and_then(0.3):
            self.change(self.cast.ops, EventType.TASK_RELEASED, f"tasks/{handle}/release")
            self.claim(self.cast.ops, handle)
        review = self.complete(self.cast.ops, handle, HANDLING)
        self.claim(self.cast.ops, review)
        for redone in itertools.count():
            assess = self.complete(self.cast.ops, review, REVIEW)
            self.claim(self.cast.qc, assess)
            if redone == _REDO_AT_MOST or not self._now_and_then(0.4):
                break
            # The review is offered to whoever held it first, so it is claimed already.
            review = self.complete(self.cast.qc, assess, ASSESSMENT, outcome="redo", reason="more, please")
        self.complete(self.cast.qc, assess, ASSESSMENT, outcome="pass")

    def open(self) -> tuple[str, str]:
        """Open a ticket; its id and the first task's."""
        files = self.upload(self.cast.customer_service) if self._now_and_then(0.3) else []
        answers = {**REPORT, "business": self.cast.business, "screenshots": files}
        body = {"service": "fault", "answers": answers}
        made = self.change(self.cast.customer_service, EventType.TICKET_OPENED, "tickets", body, files=files)
        return str(made["id"]), str(made["tasks"][0]["id"])

    def comment(self, ticket: str) -> None:
        """Say something on the ticket."""
        files = self.upload(self.cast.ops) if self._now_and_then(0.3) else []
        body = {"text": "seen", "uploads": files}
        self.change(self.cast.ops, EventType.COMMENT_ADDED, f"tickets/{ticket}/comments", body, files=files)

    def claim(self, who: Worker, task: str) -> None:
        """Claim a task."""
        self.change(who, EventType.TASK_CLAIMED, f"tasks/{task}/claim")

    def complete(self, who: Worker, task: str, answers: dict[str, object], **more: str) -> str:
        """Complete a task; the id of the one that opened, empty at the ticket's end."""
        what = EventType.TASK_SENT_BACK if "reason" in more else EventType.TASK_COMPLETED
        path = f"tasks/{task}/complete"
        opened = self.change(who, what, path, {"answers": answers, **more})["opened"]
        if self._now_and_then(0.05):
            self._double(who, path, {"answers": answers, **more})
        return str(opened[0]["id"]) if opened else ""

    def upload(self, who: Worker) -> list[str]:
        """Upload a file; its id."""
        content = _screenshot(self.chance)
        reply = self._answered(who, upload_of(self._key(), "screen.png", content))
        self._expect(reply, "upload")
        self.page.files[str(reply.body["id"])] = content
        return [str(reply.body["id"])]

    def change(
        self, who: Worker, what: EventType, path: str, body: object = None, *, files: list[str] | None = None
    ) -> Any:
        """Make a change of a ticket and enter it into the ledger; the answer's body."""
        request = Request.of(path, self._key(), body)
        reply = self._answered(who, request)
        self._expect(reply, path)
        ticket, task = _place(what, path, reply)
        self.page.changes.append(Change(request=request, by=who.id, type=what, ticket=ticket, task=task, reply=reply))
        if files:
            self.page.attached.setdefault(ticket, []).extend(files)
        if self._now_and_then(0.1):
            self._repeat(self.chance.choice(self.page.changes[-40:]))
        return reply.body

    def _answered(self, who: Worker, request: Request) -> Reply:
        """The answer; the request is sent until there is one."""
        while True:
            made = self._wire(who).send(request)
            if made is not None:
                self.page.tries.append(made)
                if made.reply is not None and made.reply.is_final:
                    return made.reply
            self.on_silence()

    def _repeat(self, change: Change) -> None:
        """What was acknowledged is answered in the same way for ever."""
        who = next(each for each in (self.cast.customer_service, self.cast.ops, self.cast.qc) if each.id == change.by)
        while (made := self._wire(who).send(change.request)) is None or made.reply is None or not made.reply.is_final:
            time.sleep(PAUSE_S)
        self.page.repeats += 1
        again = made.reply
        if (again.status, again.body, again.replayed) != (change.reply.status, change.reply.body, True):
            self._complain(f"{change.request.path} was answered {change.reply} and, repeated, {again}")

    def _double(self, who: Worker, path: str, body: object) -> None:
        """A completed task cannot be completed once more under another key."""
        request = Request.of(path, self._key(), body)
        while (made := self._wire(who).send(request)) is None or made.reply is None or not made.reply.is_final:
            time.sleep(PAUSE_S)
        if made.reply.status not in (403, 409):
            self._complain(f"{path} was completed again: {made.reply}")

    def _expect(self, reply: Reply, what: str) -> None:
        """Whatever dies meanwhile, nobody competes for this client's work: each change succeeds in the end."""
        if reply.status not in (200, 201):
            self._complain(f"{what} was refused: {reply.status} {reply.body}")
            raise Stopped

    def _complain(self, text: str) -> None:
        self.page.complaints.append(f"{self.name}: {text}")

    def _key(self) -> str:
        if self.stop.is_set():
            raise Stopped
        return f"{self.name}-{next(self._keys)}"

    def _now_and_then(self, share: float) -> bool:
        return not self.plainly and self.chance.random() < share

    def _wire(self, who: Worker) -> Wire:
        return self._wires.setdefault(who.token, Wire(port=self.port, token=who.token))


def _place(what: EventType, path: str, reply: Reply) -> tuple[str, int | None]:
    """The ticket and the task that a change is about."""
    if what is EventType.TICKET_OPENED:
        return str(reply.body["id"]), None
    ticket, _, task = path.split("/")[1].partition(".")
    return ticket, int(task) if task else None


def _screenshot(chance: random.Random) -> bytes:
    """A picture that no other upload has."""
    side, content = chance.randint(16, 200), io.BytesIO()
    Image.frombytes("L", (side, side), chance.randbytes(side * side)).save(content, "PNG")
    return content.getvalue()
