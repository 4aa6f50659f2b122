"""Twenty requests a second at a real service: people who open, look, claim, complete and comment, at a fixed pace."""

import itertools
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.app.api.client import HANDLING, REPORT, REVIEW

RATE = 20.0
"""Requests a second, sent whether or not the ones before were answered."""
_THREADS = 8


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One answer: after how many seconds, counted from when it should have been asked, and what it was."""

    asked: float
    seconds: float
    status: int


@dataclass(kw_only=True)
class Crowd:
    """People of one desk with their tokens, who do one thing after the other."""

    url: str
    tokens: dict[str, str]
    chance: random.Random
    answers: list[Answered] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    claimable: list[str] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    """(task, element) of tasks that bob holds."""

    def drive(self, seconds: float) -> None:
        """Send requests for so long."""
        began = time.monotonic()
        with ThreadPoolExecutor(_THREADS) as pool:
            sent: list[Future[None]] = []
            for number in itertools.count():
                due = began + number / RATE
                if due - began >= seconds:
                    break
                time.sleep(max(0.0, due - time.monotonic()))
                sent.append(pool.submit(self._act, due))
            for each in sent:
                each.result()

    def _act(self, due: float) -> None:
        weights = {self._open: 2, self._look: 6, self._inbox: 4, self._claim: 3, self._complete: 3, self._comment: 2}
        self.chance.choices([*weights], [*weights.values()])[0](due)

    def _ask(self, due: float, by: str, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[by]}"}
        answer = requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=60)
        self.answers.append(Answered(asked=due, seconds=time.monotonic() - due, status=answer.status_code))
        return answer.json() if answer.ok and answer.content else None

    def _open(self, due: float) -> None:
        made = self._ask(due, "alice", "POST", "/tickets", {"service": "fault", "answers": REPORT})
        if made is not None:
            self.tickets = [*self.tickets[-200:], made["id"]]

    def _look(self, due: float) -> None:
        paths = ["/tickets?limit=20", "/tasks/counts", "/catalogue", "/me"]
        if self.tickets:
            at = f"/tickets/{self.chance.choice(self.tickets)}"
            paths += [at, f"{at}/timeline", f"{at}/comments"]
        self._ask(due, self.chance.choice(["alice", "bob"]), "GET", self.chance.choice(paths))

    def _inbox(self, due: float) -> None:
        page = self._ask(due, "bob", "GET", "/tasks?view=claimable&limit=50")
        if page is not None:
            self.claimable = [each["id"] for each in page["items"]]

    def _claim(self, due: float) -> None:
        if not self.claimable:
            return self._inbox(due)
        task = self._ask(due, "bob", "POST", f"/tasks/{self.claimable.pop()}/claim")
        if task is not None:
            self.held.append((task["id"], task["element"]))
        return None

    def _complete(self, due: float) -> None:
        if not self.held:
            return self._claim(due)
        task, element = self.held.pop()
        answers = HANDLING if element == "Task_Handle" else REVIEW
        self._ask(due, "bob", "POST", f"/tasks/{task}/complete", {"answers": answers})
        return None

    def _comment(self, due: float) -> None:
        if not self.tickets:
            return self._open(due)
        at = f"/tickets/{self.chance.choice(self.tickets)}/comments"
        self._ask(due, "alice", "POST", at, {"text": "有进展吗？"})
        return None
