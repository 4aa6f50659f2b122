"""The main job end to end: a BPMN file becomes a closed incident ticket, over HTTP only, on both databases.

The six points are those of the README's story. It begins with an empty database and the link of the first start.
"""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image

from app.bundled import bundled
from tests.scenario.people import JSON, TIMEOUT_S, Person
from tests.scenario.serving import Service, await_, served

PROCESS = "processes/fault-handling"
PASSWORD = "korrekt pferd batterie"
TITLE = "部分地区用户集中无法访问网站"

HANDLING: JSON = {
    "actions_taken": "切换至备用线路",
    "service_restored": "yes",
    "recovered_at": "2026-11-23T10:20:00+08:00",
}
REVIEW: JSON = {
    "root_cause_known": "yes",
    "root_cause": "主线路光缆中断",
    "timeline": "09:40 发现，10:20 恢复",
    "impact_summary": "约 2 万用户",
    "improvement_actions": [{"what": "增加线路巡检", "who": "wei", "due": "2026-12-31"}],
    "need_problem": False,
}
ASSESSMENT: JSON = {"severity_final": "major", "response_rating": 5, "handling_rating": 4}


@dataclass
class Story:
    """Who takes part, and what one point leaves for the next."""

    service: Service
    people: dict[str, Person] = field(default_factory=dict)
    ticket: JSON = field(default_factory=dict)
    review: str = ""

    def __getattr__(self, name: str) -> Person:
        return self.people[name]


@pytest.fixture
def story(database_url: str, tmp_path: Path) -> Iterator[Story]:
    """A service with its people; it knows no process yet."""
    with served(database_url, tmp_path) as service:
        told = Story(service)
        enter_people(told)
        yield told
        for person in told.people.values():
            person.close()


def enter_people(story: Story) -> None:
    """The first admin by the printed link; everybody and everything else by the admin."""
    link = urlsplit(story.service.setup_link)
    first = {"code": parse_qs(link.query)["code"][0], "name": "root", "password": PASSWORD}
    setup = f"{story.service.url}/api/v1/setup"
    assert requests.post(setup, json=first, timeout=TIMEOUT_S).status_code == 201
    again = requests.post(setup, json={**first, "name": "second"}, timeout=TIMEOUT_S)
    assert again.status_code == 404, "the link works once"

    root = story.people["root"] = Person(story.service.url, "root", PASSWORD)
    root.makes("businesses", {"key": "website", "names": {"zh": "官网", "en": "Website"}})
    for role, zh, per_business in (("customer_service", "客服", False), ("ops", "运维", True), ("qc", "质控", False)):
        root.makes("roles", {"key": role, "names": {"zh": zh}, "per_business": per_business})
    cast = {"dora": ["designer"], "kefu": [], "wei": [], "li": [], "chen": []}
    for name, permissions in cast.items():
        account = {"name": name, "email": f"{name}@example.org", "permissions": permissions, "password": PASSWORD}
        root.makes("users", account)
        story.people[name] = Person(story.service.url, name, PASSWORD)
    for role, users, business in (
        ("customer_service", ["kefu"], None),
        ("ops", ["wei", "li"], "website"),
        ("qc", ["chen"], None),
    ):
        root.sends(f"roles/{role}/members", {"users": users, "business": business}, status=204)


def test_a_bpmn_file_becomes_a_closed_ticket(story: Story) -> None:
    point_1_a_designer_imports_the_process(story)
    point_2_an_admin_puts_it_into_service(story)
    point_3_customer_service_opens_an_incident(story)
    point_4_one_of_two_handles_it(story)
    point_5_it_is_reviewed_sent_back_and_closed(story)
    point_6_a_new_version_leaves_running_tickets_alone(story)
    sound = story.service.host("check")
    assert (sound.returncode, sound.stdout) == (0, "Nothing is wrong.\n"), sound.stdout + sound.stderr


def point_1_a_designer_imports_the_process(story: Story) -> None:
    """Lint names element and line; what has errors is not stored; what has none is version 1."""
    condition = b'service_restored = "no"'
    faulty = bundled("fault-handling").replace(condition, condition.replace(b" = ", b" == "))
    refused = story.dora.imports(faulty, status=422)
    [found] = [each for each in refused["findings"] if each["severity"] == "error"]
    line = next(
        number for number, text in enumerate(faulty.splitlines(), start=1) if b'Flow id="Flow_NotRestored"' in text
    )
    assert (found["code"], found["element_id"], found["line"]) == ("EXPRESSION_REFUSED", "Flow_NotRestored", line)
    assert "=service_restored ==" in found["message"]["en"]
    assert "=service_restored ==" in found["message"]["zh-CN"]
    assert (refused["code"], story.dora.sees("processes")["items"]) == ("VERSION_HAS_ERRORS", [])

    made = story.dora.imports(bundled("fault-handling"), status=201, message="第一版")
    version = made["version"]
    assert (version["number"], version["verdict"], version["imported_by"]["name"]) == (1, "ready", "dora")
    assert story.dora.gets(f"{PROCESS}/versions/1/content").content == bundled("fault-handling")


def point_2_an_admin_puts_it_into_service(story: Story) -> None:
    """Information by the designer; policy, deployment and binding by the admin, in this order and no other."""
    info = {
        "names": {"zh": "故障受理", "en": "Fault handling"},
        "descriptions": {"zh": "从提交到评估关闭。", "en": "From the report to the assessment."},
        "kind": "incident",
        "needs_business": True,
        "owners": ["dora"],
    }
    described = story.dora.changes(PROCESS, info, method="PATCH")
    assert (described["kind"], described["needs_business"], described["owners"][0]["name"]) == (
        "incident",
        True,
        "dora",
    )

    deployment = {"version": 1, "message": "首次上线"}
    early = story.root.sends(f"{PROCESS}/deployments", deployment, status=409)
    assert early["code"] == "PROCESS_DISABLED"
    notification = {"events": ["task_opened"], "channels": ["email"], "frequency": "once"}
    enabled = story.root.changes(PROCESS, {"policy": {"notification": notification}}, by="/enable")
    assert (enabled["enabled"], enabled["policy"]["notification"]) == (True, notification)

    deployed = story.root.makes(f"{PROCESS}/deployments", deployment)
    assert (deployed["number"], deployed["version"], deployed["message"]) == (1, 1, "首次上线")
    assert deployed["deployed_by"]["name"] == "root"
    assert is_recent(deployed["deployed_at"])

    category = story.root.makes("categories", {"names": {"zh": "故障与事件", "en": "Faults"}})
    service = {"key": "fault", "names": {"zh": "故障受理", "en": "Report a fault"}, "category_id": category["id"]}
    story.root.makes("services", service)
    bind(story, deployment=1)
    [shelf] = story.kefu.sees("catalogue")["shelves"]
    assert [(each["key"], each["binding"]["deployment"]) for each in shelf["services"]] == [("fault", 1)]
    assert story.wei.sees("catalogue")["shelves"] == [], "operations may not open this service"


def point_3_customer_service_opens_an_incident(story: Story) -> None:
    """The start form asks; answers with a real screenshot give a number and the first task."""
    asked = {each["key"]: each for each in story.kefu.sees("services/fault/form")["form"]["fields"]}
    assert asked["title"]["required"]
    assert asked["priority"]["readonly"]
    incomplete = story.kefu.sends("tickets", {"service": "fault", "answers": {"title": TITLE}}, status=422)
    assert {"description", "discovered_at", "business"} <= {
        each["path"].split(".")[-1] for each in incomplete["errors"]
    }

    screenshot = png()
    story.ticket = open_ticket(story, screenshots=[story.kefu.uploads("截图.png", screenshot)])
    assert re.fullmatch(r"INC\d{8}000001", story.ticket["number"]), "the refused one took no number"
    assert (story.ticket["status"], story.ticket["priority"]) == ("IN_PROGRESS", "P1")
    [file] = story.wei.sees(f"tickets/{story.ticket['id']}/attachments")["items"]
    assert (file["name"], file["media_type"], file["uploader"]["name"]) == ("截图.png", "image/png", "kefu")
    assert story.wei.gets(f"attachments/{file['id']}/content").content == screenshot
    assert story.wei.gets(f"attachments/{file['id']}/preview").headers["Content-Type"] == "image/webp"


def point_4_one_of_two_handles_it(story: Story) -> None:
    """Two inboxes and a mail; of two who claim at once one wins; completing opens the review at once."""
    [handle] = [each["id"] for each in story.ticket["tasks"]]
    for ops in (story.wei, story.li):
        assert ops.inbox() == [(handle, "Task_Handle")]
    assert story.chen.inbox() == []
    assert TITLE in story.li.page(mailed_link(story.li, story.ticket["number"]))

    with ThreadPoolExecutor(2) as both:
        tries = list(both.map(lambda ops: (ops, claim(ops, handle)), (story.wei, story.li)))
    [(winner, won)] = [(ops, answer) for ops, answer in tries if answer.status_code == 200]
    [(loser, lost)] = [(ops, answer) for ops, answer in tries if answer.status_code == 409]
    assert won.json()["assignee"]["name"] == winner.name
    problem = lost.json()
    assert (problem["code"], problem["params"]["by_name"]) == ("ALREADY_CLAIMED", winner.name)
    assert is_recent(problem["params"]["at"])
    assert winner.name in problem["detail"]
    assert loser.inbox() == []
    assert loser.sends(f"tasks/{handle}/complete", {"answers": HANDLING}, status=403)["code"] == "NOT_ASSIGNEE"

    done = winner.completes(handle, HANDLING)
    [review] = done["opened"]
    assert (review["element"], done["ticket"]["status"]) == ("Task_Review", "RESOLVED")
    story.review = review["id"]
    for ops in (story.wei, story.li):
        assert ops.inbox() == [(story.review, "Task_Review")]


def point_5_it_is_reviewed_sent_back_and_closed(story: Story) -> None:
    """Operations reviews, quality control sends back once with a reason; the timeline keeps every visit."""
    story.li.claims(story.review)
    [assess] = story.li.completes(story.review, REVIEW)["opened"]
    story.chen.claims(assess["id"])
    nameless = story.chen.sends(
        f"tasks/{assess['id']}/complete", {"answers": ASSESSMENT, "outcome": "redo"}, status=422
    )
    assert nameless["code"] == "REASON_REQUIRED"
    back = story.chen.completes(assess["id"], ASSESSMENT, outcome="redo", reason="缺少受影响用户数")
    [review] = back["opened"]
    assert (review["visit"], review["assignee"]["name"]) == (2, "li"), "offered first to whoever held it"

    [assess] = story.li.completes(review["id"], {**REVIEW, "impact_summary": "21,437 名用户"})["opened"]
    story.chen.claims(assess["id"])
    closed = story.chen.completes(assess["id"], {**ASSESSMENT, "handling_rating": 5}, outcome="pass")
    assert (closed["opened"], closed["ticket"]["status"], closed["ticket"]["phase"]) == ([], "CLOSED", "closed")

    events = story.kefu.sees(f"tickets/{story.ticket['id']}/timeline")["items"]
    ends = [each for each in events if each["type"] != "task_claimed"]
    handler = next(each["actor"]["name"] for each in ends if each["payload"]["element"] == "Task_Handle")
    assert [(each["actor"]["name"], each["payload"]["element"], each["payload"].get("visit")) for each in ends] == [
        ("kefu", "Start_Report", None),
        (handler, "Task_Handle", 1),
        ("li", "Task_Review", 1),
        ("chen", "Task_Assess", 1),
        ("li", "Task_Review", 2),
        ("chen", "Task_Assess", 2),
    ]
    assert ends[3]["payload"]["reason"] == "缺少受影响用户数"
    assert [each["payload"]["answers"]["impact_summary"] for each in (ends[2], ends[4])] == [
        "约 2 万用户",
        "21,437 名用户",
    ]
    moments = [datetime.fromisoformat(each["at"]) for each in events]
    assert moments == sorted(moments)
    assert TITLE in story.kefu.page(f"/tickets/{story.ticket['id']}")


def point_6_a_new_version_leaves_running_tickets_alone(story: Story) -> None:
    """Another label makes version 2, the same bytes again make nothing; running tickets stay on version 1."""
    running = open_ticket(story)
    newer = bundled("fault-handling").replace('name="故障跟进"'.encode(), 'name="故障处理"'.encode())
    made = story.dora.imports(newer, status=201, message="更清楚的名称")
    same = story.dora.imports(newer, status=200)
    assert (made["version"]["number"], made["same"]) == (2, False)
    assert (same["version"]["number"], same["same"]) == (2, True)
    assert len(story.dora.sees(f"{PROCESS}/versions")["items"]) == 2

    story.root.makes(f"{PROCESS}/deployments", {"version": 2, "message": "改名"})
    binding = story.root.sees("services/fault")["binding"]
    assert (binding["version"], binding["newer_version"], binding["newer_deployment"]) == (1, 2, 2)
    assert open_ticket(story)["process"]["version"] == 1, "until the service is rebound"
    bind(story, deployment=2)
    binding = story.root.sees("services/fault")["binding"]
    assert (binding["version"], binding["newer_version"], binding["newer_deployment"]) == (2, None, None)
    assert name_of_task(open_ticket(story)) == "故障处理"

    still = story.wei.sees(f"tickets/{running['id']}")
    assert (still["process"], name_of_task(still)) == (running["process"], "故障跟进")
    for number in (1, 2):
        in_use = story.dora.sends(f"{PROCESS}/versions/{number}", method="DELETE", status=409)
        assert in_use["code"] == "VERSION_IN_USE"
    task = still["tasks"][0]["id"]
    story.wei.claims(task)
    assert story.wei.completes(task, HANDLING)["opened"][0]["element"] == "Task_Review"


def open_ticket(story: Story, **more: Any) -> JSON:
    """An incident of the catalogue's fault service."""
    answers = {
        "title": TITLE,
        "business": "website",
        "description": "华东、华南多地用户反馈首页打不开。",
        "discovered_at": "2026-11-23T09:40:00+08:00",
        "source": "monitor",
        "category": "network",
        "sub_category": "cdn",
        "regions": ["east", "south"],
        "affected_users": 20_000,
        "impact": "high",
        "urgency": "high",
        "handling_team": "network",
        **more,
    }
    opened: JSON = story.kefu.makes("tickets", {"service": "fault", "answers": answers})
    return opened


def bind(story: Story, *, deployment: int) -> None:
    """Let new tickets of the service run through this deployment."""
    story.root.changes("services/fault", {"process": "fault-handling", "deployment": deployment}, by="/bind")


def claim(ops: Person, task: str) -> requests.Response:
    """An attempt to claim, whatever comes of it."""
    return ops.tries(f"tasks/{task}/claim")


def mailed_link(reader: Person, number: str) -> str:
    """The link to the task in the mail about this ticket, as the mailbox shows it once the mail is there."""

    def link() -> str | None:
        for mail in re.findall(r'href="(/mailbox/[0-9a-f-]{36})"', reader.page("/mailbox")):
            text = reader.page(mail)
            found = re.search(r'href="(/tasks/[0-9a-f-]{36}\.\d+)"', text)
            if number in text and found:
                return found[1]
        return None

    return await_(link, what=f"mail about {number}")


def name_of_task(ticket: JSON) -> str:
    """The name of the ticket's first task, as drawn."""
    return str(ticket["tasks"][0]["name"]["zh"])


def is_recent(moment: str) -> bool:
    """Whether it was within the last ten minutes."""
    at = datetime.fromisoformat(moment)
    return timedelta() <= datetime.now(at.tzinfo) - at < timedelta(minutes=10)


def png() -> bytes:
    """A screenshot, such as it is."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((640, 400)).save(content, "PNG")
    return content.getvalue()
