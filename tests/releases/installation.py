"""A small installation with tickets in every state, made over the API as people make it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.worker.duties import duties
from app.worker.runner import Runner
from engine.values.events import NewJob
from storage import jobs
from storage.background import in_background
from storage.blobs import BlobDirectory
from tests.app.api.client import ASSESSMENT, HANDLING, REPORT, REVIEW, Api, open_desk
from tests.releases.tour import KEY, tour

JSON = dict[str, Any]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PASSWORD = "korrekt pferd batterie"
READER = "wei"
"""Signs in with a password and may read everything."""
WITH_FILE = "open, with a file and saved answers"
KEYED = "the-key-of-the-first-ticket"
PLAN = {"choice": "a", "risk": 1}
ANSWERS: dict[str, JSON] = {
    "Task_Handle": HANDLING,
    "Task_Review": REVIEW,
    "Task_Assess": ASSESSMENT,
    "Plan": PLAN,
}
OUTCOMES = {"Task_Assess": "pass", "Approve": "ok"}
WORKERS = {"Task_Handle": "bob", "Task_Review": "bob2"}
"""Who takes a task; all others are quality control's."""


@dataclass
class Town:
    """The installation under construction; the clock moves a minute with every step."""

    api: Api
    tickets: dict[str, str] = field(default_factory=dict)
    """What a ticket stands for -> its number."""

    def do(self, by: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request that must succeed."""
        self.api.clock.forward(timedelta(minutes=1))
        return self.api.ok(method, path, body, by=by, **more)

    def opens(self, what: str, service: str = "fault", **answers: object) -> JSON:
        """A ticket for the state that it is to stand for."""
        given = {**REPORT, **answers} if service == "fault" else {"title": what, "description": what}
        key = {"headers": {"Idempotency-Key": KEYED}} if not self.tickets else {}
        made: JSON = self.do("alice", "POST", "/tickets", {"service": service, "answers": given}, **key)
        self.tickets[what] = made["number"]
        return made

    def works(self, ticket: JSON, *elements: str, **answers: object) -> JSON:
        """Claim and complete the tasks at these elements, one after the other."""
        for element in elements:
            ticket = self.do("root", "GET", f"/tickets/{ticket['id']}")
            task = self.claims(ticket, element)
            by = WORKERS.get(element, "carol")
            body = {"answers": {**ANSWERS.get(element, {}), **answers}, "outcome": OUTCOMES.get(element)}
            self.do(by, "POST", f"/tasks/{task}/complete", body)
        found: JSON = self.do("root", "GET", f"/tickets/{ticket['id']}")
        return found

    def claims(self, ticket: JSON, element: str) -> str:
        """Claim the task at this element, unless it is held; its id."""
        task = next(each for each in ticket["tasks"] if each["element"] == element)
        if task["assignee"] is None:
            self.do(WORKERS.get(element, "carol"), "POST", f"/tasks/{task['id']}/claim")
        return str(task["id"])


def build(api: Api) -> Town:
    """The installation, with a row in every table that a release writes."""
    open_desk(api)
    town = Town(api)
    _configure(town)
    _faults(town)
    _tours(town)
    _beside(town)
    return town


def _configure(town: Town) -> None:
    """The second process in service, and what designers and admins leave behind."""
    town.do("dave", "POST", "/versions", data=tour(), headers={"Content-Type": "application/xml"})
    _changed(town, "dave", f"/processes/{KEY}", {"kind": "change", "owners": ["dave"]}, method="PATCH")
    _changed(town, "root", f"/processes/{KEY}", {}, by="/enable")
    town.do("root", "POST", f"/processes/{KEY}/deployments", {"version": 1})
    above = town.do("root", "POST", "/categories", {"names": {"zh": "变更"}})
    below = town.do("root", "POST", "/categories", {"names": {"zh": "下级"}, "parent_id": above["id"]})
    town.do("root", "POST", "/services", {"key": KEY, "names": {"zh": "变更"}, "category_id": below["id"]})
    _changed(town, "root", f"/services/{KEY}", {"process": KEY, "deployment": 1}, by="/bind")
    town.do("dave", "POST", "/drafts", data=tour(), headers={"Content-Type": "application/xml"})


def _changed(town: Town, who: str, thing: str, body: JSON, *, by: str = "", method: str = "POST") -> None:
    etag = town.api.get(thing, by=who).headers["ETag"]
    town.do(who, method, f"{thing}{by}", body, headers={"If-Match": etag})


def _faults(town: Town) -> None:
    town.opens("open")
    upload = town.api.upload("alice", PNG, "截图.png").get_json()["id"]
    open_ = town.opens(WITH_FILE, screenshots=[upload])
    town.do("bob", "PUT", f"/tasks/{open_['tasks'][0]['id']}/saved-answers", {"answers": {"actions_taken": "半"}})
    town.claims(town.opens("claimed"), "Task_Handle")
    held = town.opens("on hold")
    town.claims(held, "Task_Handle")
    town.do("bob", "POST", f"/tickets/{held['id']}/comments", {"text": "内部意见", "internal": True})
    town.do("alice", "POST", f"/tickets/{held['id']}/followers", {"user": "eve"})
    town.do("bob", "POST", f"/tickets/{held['id']}/suspend", {"reason": "等待供应商"})
    town.works(town.opens("handled"), "Task_Handle")
    town.works(town.opens("reviewed"), "Task_Handle", "Task_Review")
    back = town.works(town.opens("sent back"), "Task_Handle", "Task_Review")
    task = town.claims(back, "Task_Assess")
    redo = {"answers": ASSESSMENT, "outcome": "redo", "reason": "请补充时间线"}
    town.do("carol", "POST", f"/tasks/{task}/complete", redo)
    released = town.opens("released")
    task = town.claims(released, "Task_Handle")
    town.do("bob", "POST", f"/tasks/{task}/transfer", {"to": "bob2", "reason": "换班"})
    town.do("bob2", "POST", f"/tasks/{task}/release")
    corrected = town.opens("corrected")
    change = {"answers": {"urgency": "low"}, "reason": "影响已减小"}
    town.do("root", "PATCH", f"/tickets/{corrected['id']}/answers", change)
    town.works(town.opens("closed"), "Task_Handle", "Task_Review", "Task_Assess")
    for what, by in (("withdrawn", "alice"), ("cancelled", "root")):
        ticket = town.opens(what)
        town.do(by, "POST", f"/tickets/{ticket['id']}/{what.removesuffix('n').removesuffix('led')}", {"reason": "误报"})


def _tours(town: Town) -> None:
    town.opens("begun", KEY)
    town.works(town.opens("parallel", KEY), "Plan")
    town.works(town.opens("at a join", KEY), "Plan", "Inform")
    town.works(town.opens("inside", KEY), "Plan", "Build")
    town.works(town.opens("inside and at a join", KEY), "Plan", "Inform", "Build")
    extra = town.works(town.opens("inclusive", KEY), "Plan", risk=3)
    town.claims(town.works(extra, "Build", "Check"), "Extra")
    stuck = town.works(town.opens("stuck", KEY), "Plan", choice="c")
    stuck = town.works(stuck, "Build", "Inform", "Check", "Approve")
    assert stuck["stuck"] is not None
    other = town.works(town.opens("the other way", KEY), "Plan", choice="b")
    town.works(other, "Build", "Inform", "Check", "Approve")


def _beside(town: Town) -> None:
    """What is no ticket's: an account with a password, a link, an attempt to sign in, a file, saved answers, jobs."""
    api = town.api
    account = {"name": READER, "display_name": "卫", "password": PASSWORD, "permissions": ["auditor"]}
    town.do("root", "POST", "/users", {**account, "email": "wei@example.org"})
    town.do("root", "POST", f"/users/{api.user_id('eve')}/reset-link")
    wrong = api.client().post("/api/v1/session", json={"name": READER, "password": "wrong"})
    assert wrong.status_code == 401
    api.upload("alice", PNG + b"\0", "noch.png")
    town.do("alice", "PUT", "/services/fault/saved-answers", {"answers": {"title": "angefangen"}})
    in_background(
        api.database, lambda work: jobs.enqueue(work, NewJob(kind="of_another_release", args={})), now=api.clock()
    )
    drain(api)
    held = town.opens("after the worker")
    town.do("bob", "POST", f"/tickets/{held['id']}/comments", {"text": "进展"})
    in_background(api.database, lambda work: jobs.enqueue(work, NewJob(kind="sweep", args={})), now=api.clock())
    with api.database.channel(writing=True) as channel:
        channel.commit([jobs.claim(worker="gone", limit=1, until=api.clock() + timedelta(minutes=1), now=api.clock())])


def drain(api: Api) -> int:
    """Let the worker do what is due; how many tries that took."""
    settings = api.app.extensions["faultdesk"].settings
    blobs = BlobDirectory(settings.data_dir / "attachments")
    return Runner(api.database, duties(api.database, blobs, settings), now=api.clock).drain()
