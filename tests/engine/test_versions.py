"""A process text becomes a version, a deployment, and what a service is bound to; nothing of it changes afterwards."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.commands import categories, deployments, drafts, processes, roles, services, versions
from engine.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed, PreconditionRequired, TooLarge
from engine.queries import catalogue
from engine.queries import processes as reading
from engine.values.processes import Kind, Names, NotificationPolicy, Policy, Withdrawal
from storage.database import Database
from storage.store import Store
from tests.support.acting import contents, do, recorded, see, staff
from tests.support.diagrams import process, to_bpmn

BUNDLED = Path(__file__).parents[2] / "app" / "bundled"

Act = Callable[[Store], Any]

UNSOUND = "start -> Fix -> xor1\nxor1 -[__import__('os')]-> end\nxor1 -/-> end2"


def text(body: str = "start -> Fix -> end", *, key: str = "fault", role: str | None = "ops") -> bytes:
    """A process text; the tasks' candidate role is `role`."""
    found = to_bpmn(process(body, key=key)).decode()
    if role is None:
        return found.replace('<fd:role key="ops"/>', "").encode()
    return found.replace('key="ops"', f'key="{role}"').encode()


def importing(content: bytes | None = None, **options: Any) -> Act:
    return lambda work: versions.import_version(
        work, content=text() if content is None else content, file_name="fault.bpmn", **options
    )


def enabling(work: Store) -> Any:
    process = work.processes.get("fault")
    assert process is not None
    return processes.enable(work, "fault", policy=Policy(), revision=process.revision)


def business_bound(work: Store) -> Any:
    process = work.processes.get("fault")
    assert process is not None
    change = processes.ProcessChange(needs_business=True)
    return processes.change(work, "fault", change, revision=process.revision)


@pytest.fixture
def desk(database: Database) -> Database:
    staff(database)
    return database


@pytest.fixture
def ready(desk: Database) -> Database:
    """Version 1 of an enabled process."""
    do(desk, "dave", importing())
    do(desk, "dave", business_bound)
    do(desk, "root", enabling)
    return desk


def test_the_first_version_makes_its_process(desk: Database) -> None:
    imported = do(desk, "dave", importing(message="first"))
    made = see(desk, "dave", lambda work: reading.read_process(work, "fault"))
    assert (imported.version.number, imported.version.verdict, imported.same) == (1, "ready", False)
    assert (made.enabled, made.latest_version, [each.name for each in made.owners]) == (False, 1, ["dave"])
    version = see(desk, "audrey", lambda work: reading.read_version(work, "fault", 1))
    assert (version.message, version.imported_by.name, version.hash) == ("first", "dave", imported.version.hash)
    assert [each[0] for each in recorded(desk)] == ["process_created", "version_imported"]


def test_export_gives_back_the_bytes_that_were_imported(desk: Database) -> None:
    content = text().replace(b"?>", b"?>\n<!-- drawn by hand -->", 1)
    do(desk, "dave", importing(content))
    exported = see(desk, "dave", lambda work: reading.export_version(work, "fault", 1))
    assert (exported.content, exported.name) == (content, "fault.bpmn")


def test_a_text_that_means_the_same_stores_nothing(desk: Database) -> None:
    do(desk, "dave", importing())
    before = contents(desk)
    again = do(desk, "dave", importing(text().replace(b"?>", b"?>\n<!-- moved about -->", 1)))
    assert (again.same, again.version.number) == (True, 1)
    assert contents(desk) == before


def test_another_text_is_the_next_version(desk: Database) -> None:
    do(desk, "dave", importing())
    assert do(desk, "dave", importing(text("start -> Fix -> Check -> end"))).version.number == 2
    listed = see(desk, "dave", lambda work: reading.list_versions(work, "fault", limit=1))
    assert ([each.number for each in listed.items], listed.after) == ([2], "2")
    older = see(desk, "dave", lambda work: reading.list_versions(work, "fault", before=listed.after, limit=1))
    assert ([each.number for each in older.items], older.after) == ([1], None)


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "eve", "root"])
def test_only_a_designer_imports(desk: Database, name: str) -> None:
    before = contents(desk)
    with pytest.raises(Forbidden, match="PERMISSION_REQUIRED"):
        do(desk, name, importing())
    assert contents(desk) == before


def test_a_text_with_errors_is_refused_with_its_findings_and_stores_nothing(desk: Database) -> None:
    before = contents(desk)
    with pytest.raises(Invalid) as refused:
        do(desk, "dave", importing(text(UNSOUND)))
    findings: Any = refused.value.params["findings"]
    assert refused.value.code == "VERSION_HAS_ERRORS"
    assert {"code", "severity", "element_id", "line", "params", "needs", "file"} == set(findings[0])
    assert any(each["severity"] == "error" and each["element_id"] for each in findings)
    assert contents(desk) == before


def test_a_text_with_errors_may_be_kept_as_a_draft(desk: Database) -> None:
    imported = do(desk, "dave", importing(text(UNSOUND), as_draft=True))
    assert (imported.version, imported.draft.verdict, imported.draft.process_key) == (None, "draft", "fault")
    listed = see(desk, "audrey", lambda work: reading.list_drafts(work, process_key="fault"))
    assert [each.id for each in listed.items] == [imported.draft.id]
    assert see(desk, "dave", lambda work: reading.list_drafts(work, process_key="other")).items == ()
    source = see(desk, "dave", lambda work: reading.export_draft(work, str(imported.draft.id)))
    assert source.content == text(UNSOUND)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "DTD_FORBIDDEN"),
        (b"not xml", "XML_MALFORMED"),
    ],
)
def test_an_unreadable_file_is_never_stored_not_even_as_a_draft(desk: Database, content: bytes, code: str) -> None:
    before = contents(desk)
    with pytest.raises(Invalid) as refused:
        do(desk, "dave", importing(content, as_draft=True))
    assert refused.value.code == code
    assert contents(desk) == before


def test_a_file_over_the_limit_is_too_large(desk: Database) -> None:
    with pytest.raises(TooLarge):
        do(desk, "dave", importing(b" " * (10 * 1024 * 1024 + 1)))


def test_a_version_of_another_process_is_refused(desk: Database) -> None:
    with pytest.raises(Invalid, match="OTHER_PROCESS"):
        do(desk, "dave", importing(key="something-else"))


def test_drafts_are_edited_with_the_revision_that_was_read(desk: Database) -> None:
    draft = do(desk, "dave", lambda work: drafts.create(work, content=text(), file_name="a.bpmn"))
    name = str(draft.id)
    changed = text("start -> Other -> end")
    saved = do(desk, "dave", lambda work: drafts.save(work, name, content=changed, revision=1))
    assert saved.revision == 2
    with pytest.raises(PreconditionFailed):
        do(desk, "dave", lambda work: drafts.save(work, name, content=text(), revision=1))
    with pytest.raises(PreconditionRequired):
        do(desk, "dave", lambda work: drafts.save(work, name, content=text(), revision=None))
    assert see(desk, "dave", lambda work: reading.export_draft(work, name)).content == changed
    do(desk, "dave", lambda work: drafts.delete(work, name, revision=2))
    with pytest.raises(NotFound):
        see(desk, "dave", lambda work: reading.read_draft(work, name))


def test_information_needs_a_designer_or_owner_and_the_present_revision(desk: Database) -> None:
    do(desk, "dave", importing())
    change = processes.ProcessChange(
        names=Names(zh="故障受理", en="Fault"), kind=Kind.PROBLEM, needs_business=True, owners=["eve", "carol"]
    )
    changed = do(desk, "dave", lambda work: processes.change(work, "fault", change, revision=1))
    assert (changed.revision, [each.name for each in changed.owners]) == (2, ["eve", "carol"])
    by_owner = processes.ProcessChange(descriptions=Names(zh="说明\n第二行"))
    do(desk, "eve", lambda work: processes.change(work, "fault", by_owner, revision=2))
    with pytest.raises(NotFound):
        do(desk, "bob", lambda work: processes.change(work, "fault", by_owner, revision=3))
    with pytest.raises(Forbidden):
        do(desk, "audrey", lambda work: processes.change(work, "fault", by_owner, revision=3))
    with pytest.raises(PreconditionFailed):
        do(desk, "dave", lambda work: processes.change(work, "fault", by_owner, revision=2))
    read = see(desk, "eve", lambda work: reading.read_process(work, "fault"))
    assert (read.names.en, read.kind, read.needs_business, read.descriptions.zh) == (
        "Fault",
        Kind.PROBLEM,
        True,
        "说明\n第二行",
    )
    _, _, payload = recorded(desk)[2]
    assert payload == {
        "before": {"name_zh": "fault", "name_en": "", "kind": "incident", "needs_business": False, "owners": ["dave"]},
        "after": {
            "name_zh": "故障受理",
            "name_en": "Fault",
            "kind": "problem",
            "needs_business": True,
            "owners": ["eve", "carol"],
        },
    }


def test_every_problem_of_a_change_is_named(desk: Database) -> None:
    do(desk, "dave", importing())
    change = processes.ProcessChange(names=Names(zh=" ", en="x" * 121), owners=["dave", "nobody"])
    with pytest.raises(Invalid) as refused:
        do(desk, "dave", lambda work: processes.change(work, "fault", change, revision=1))
    found = {(each.path, each.code) for each in refused.value.problems}
    assert found == {("names.zh", "FIELD_REQUIRED"), ("names.en", "FIELD_TOO_LONG"), ("owners.1", "USER_UNKNOWN")}


def test_a_control_character_is_no_name(desk: Database) -> None:
    with pytest.raises(Invalid) as refused:
        do(desk, "dave", lambda work: processes.create(work, key="k", names=Names(zh="a\x00b", en="a\nb")))
    assert {each.code for each in refused.value.problems} == {"FIELD_NOT_TEXT"}


@pytest.mark.parametrize("key", ["", "a/b", "1x", "a b", "a\x00", "x" * 256])
def test_a_process_key_is_an_id_that_a_file_can_have(desk: Database, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        do(desk, "dave", lambda work: processes.create(work, key=key, names=Names(zh="x")))
    assert [each.code for each in refused.value.problems] == ["PROCESS_KEY_MALFORMED"]


def test_a_process_may_be_made_before_its_first_version(desk: Database) -> None:
    change = processes.ProcessChange(needs_business=True, owners=["eve"])
    do(desk, "dave", lambda work: processes.create(work, key="fault", names=Names(zh="故障"), change=change))
    with pytest.raises(Conflict, match="PROCESS_EXISTS"):
        do(desk, "dave", lambda work: processes.create(work, key="fault", names=Names(zh="故障")))
    imported = do(desk, "dave", importing())
    assert (imported.process.names.zh, imported.version.number) == ("故障", 1)
    listed = see(desk, "eve", reading.list_processes)
    assert [each.key for each in listed.items] == ["fault"]
    assert see(desk, "bob", reading.list_processes).items == ()


def test_files_imported_at_one_time_are_numbered_one_after_the_other(desk: Database) -> None:
    texts = [text("start -> " + " -> ".join(f"T{at}" for at in range(count)) + " -> end") for count in range(1, 7)]
    threads = [threading.Thread(target=do, args=(desk, "dave", importing(each))) for each in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = see(desk, "dave", lambda work: reading.list_versions(work, "fault"))
    assert [each.number for each in listed.items] == [6, 5, 4, 3, 2, 1]
    assert len({each.hash for each in listed.items}) == 6


def test_deployments_made_at_one_time_are_numbered_one_after_the_other(ready: Database) -> None:
    def act(work: Store) -> Any:
        return deployments.deploy(work, "fault", 1)

    threads = [threading.Thread(target=do, args=(ready, "root", act)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = see(ready, "root", lambda work: reading.list_deployments(work, "fault"))
    assert [each.number for each in listed.items] == [6, 5, 4, 3, 2, 1]


def test_enabling_is_the_admins_and_sets_the_policy(desk: Database) -> None:
    do(desk, "dave", importing())
    policy = Policy(withdrawal=Withdrawal.BEFORE_TASK, withdrawal_task="Fix")
    with pytest.raises(Forbidden):
        do(desk, "dave", lambda work: processes.enable(work, "fault", policy=policy, revision=1))
    enabled = do(desk, "root", lambda work: processes.enable(work, "fault", policy=policy, revision=1))
    assert (enabled.enabled, enabled.policy) == (True, policy)
    assert see(desk, "root", lambda work: reading.read_process(work, "fault")).policy == policy
    again = do(desk, "root", lambda work: processes.enable(work, "fault", policy=Policy(), revision=2))
    do(desk, "root", lambda work: processes.disable(work, "fault", revision=again.revision))
    assert [each[0] for each in recorded(desk)][2:] == ["process_enabled", "policy_changed", "process_disabled"]


def test_a_policy_that_withdraws_before_a_task_names_it(desk: Database) -> None:
    do(desk, "dave", importing())
    policy = Policy(withdrawal=Withdrawal.BEFORE_TASK)
    with pytest.raises(Invalid, match="FIELDS_INVALID"):
        do(desk, "root", lambda work: processes.enable(work, "fault", policy=policy, revision=1))


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        (Policy(notification=NotificationPolicy(events=("ticket_closed",))), "policy.notification.events"),
        (Policy(notification=NotificationPolicy(channels=("sms",))), "policy.notification.channels"),
        (Policy(notification=NotificationPolicy(frequency="digest")), "policy.notification.frequency"),
        (Policy(urging=True), "policy.urging"),
    ],
)
def test_a_policy_cannot_ask_for_what_would_not_happen(desk: Database, policy: Policy, path: str) -> None:
    do(desk, "dave", importing())
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: processes.enable(work, "fault", policy=policy, revision=1))
    assert [(each.path, each.code) for each in refused.value.problems] == [(path, "FIELD_NOT_ONE_OF")]


def test_deployments_are_numbered_and_say_who_when_and_why(ready: Database) -> None:
    first = do(ready, "root", lambda work: deployments.deploy(work, "fault", 1, message="go"))
    second = do(ready, "root", lambda work: deployments.deploy(work, "fault", 1))
    assert (first.number, second.number) == (1, 2)
    read = see(ready, "dave", lambda work: reading.read_deployment(work, "fault", 1))
    assert read == first
    assert (read.message, read.deployed_by.name, read.version) == ("go", "root", 1)
    listed = see(ready, "dave", lambda work: reading.list_deployments(work, "fault"))
    assert [each.number for each in listed.items] == [2, 1]


def test_only_an_admin_deploys_and_only_an_enabled_process(desk: Database) -> None:
    do(desk, "dave", importing())
    with pytest.raises(Forbidden):
        do(desk, "dave", lambda work: deployments.deploy(work, "fault", 1))
    with pytest.raises(Conflict, match="PROCESS_DISABLED"):
        do(desk, "root", lambda work: deployments.deploy(work, "fault", 1))


def test_a_role_that_does_not_exist_keeps_a_version_from_being_deployed(desk: Database) -> None:
    do(desk, "dave", importing(text(role="firefighters")))
    do(desk, "root", enabling)
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: deployments.deploy(work, "fault", 1))
    findings: Any = refused.value.params["findings"]
    assert refused.value.code == "DEPLOY_REFUSED"
    assert [(each["code"], each["element_id"]) for each in findings] == [("ROLE_UNKNOWN", "Fix")]
    assert see(desk, "root", lambda work: reading.list_deployments(work, "fault")).items == ()


def test_a_business_role_needs_a_process_that_concerns_a_business(desk: Database) -> None:
    do(desk, "dave", importing())
    do(desk, "root", enabling)
    with pytest.raises(Invalid, match="DEPLOY_REFUSED") as refused:
        do(desk, "root", lambda work: deployments.deploy(work, "fault", 1))
    assert "BUSINESS_ROLE_WITHOUT_BUSINESS" in str(refused.value.params)


def test_a_task_without_a_role_is_bound_when_it_is_deployed(desk: Database) -> None:
    imported = do(desk, "dave", importing(text(role=None)))
    assert imported.version.verdict == "needs_binding"
    do(desk, "root", enabling)
    with pytest.raises(Invalid, match="DEPLOY_REFUSED"):
        do(desk, "root", lambda work: deployments.deploy(work, "fault", 1))
    with pytest.raises(Invalid, match="FIELDS_INVALID"):
        do(desk, "root", lambda work: deployments.deploy(work, "fault", 1, role_bindings={"Fix": "qc", "X": "qc"}))
    made = do(desk, "root", lambda work: deployments.deploy(work, "fault", 1, role_bindings={"Fix": "qc"}))
    assert made.role_bindings == {"Fix": "qc"}
    assert see(desk, "root", lambda work: work.roles.deployments_with("qc")) == ("fault",)


def test_examining_a_version_tells_the_same_and_changes_nothing(desk: Database) -> None:
    do(desk, "dave", importing(text(role="firefighters")))
    before = contents(desk)
    examined = see(desk, "dave", lambda work: deployments.examine(work, "fault", 1, {}))
    assert [each.code for each in examined.obstacles] == ["ROLE_UNKNOWN"]
    assert contents(desk) == before


def test_a_version_in_use_cannot_be_deleted(ready: Database) -> None:
    do(ready, "dave", importing(text("start -> Fix -> Check -> end")))
    do(ready, "root", lambda work: deployments.deploy(work, "fault", 1))
    do(ready, "root", lambda work: deployments.retire(work, "fault", 1))
    with pytest.raises(Conflict) as refused:
        do(ready, "dave", lambda work: versions.delete(work, "fault", 1))
    assert (refused.value.code, refused.value.params["deployments"]) == ("VERSION_IN_USE", [1])
    do(ready, "dave", lambda work: versions.delete(work, "fault", 2))
    assert do(ready, "dave", importing(text("start -> Fix -> Check -> end"))).version.number == 3


@pytest.fixture
def bound(ready: Database) -> Database:
    """Deployment 1, bound to the service `fault` in a category."""
    do(ready, "root", lambda work: deployments.deploy(work, "fault", 1))
    shelf = do(ready, "root", lambda work: categories.create(work, names=Names(zh="故障")))
    do(
        ready,
        "root",
        lambda work: services.create(work, key="fault", names=Names(zh="故障受理"), category_id=str(shelf.id)),
    )
    do(ready, "root", lambda work: services.bind(work, "fault", process="fault", deployment=1, revision=1))
    return ready


def shown(database: Database, name: str, *, everything: bool = False) -> list[tuple[str, list[str]]]:
    tree = see(database, name, lambda work: catalogue.catalogue(work, everything=everything))
    return [(each.category.names.zh, [entry.service.key for entry in each.services]) for each in tree]


def test_a_bound_service_stands_in_the_catalogue(bound: Database) -> None:
    assert shown(bound, "eve") == [("故障", ["fault"])]


@pytest.mark.parametrize("name", ["fault-handling", "service-request"])
def test_the_bundled_processes_go_all_the_way(desk: Database, name: str) -> None:
    content = (BUNDLED / f"{name}.bpmn").read_bytes()
    imported = do(desk, "dave", lambda work: versions.import_version(work, content=content, file_name=f"{name}.bpmn"))
    made = imported.process
    assert (imported.version.verdict, bool(made.names.en), made.names.en != made.names.zh) == ("ready", True, True)
    for role in {role.key for node in see(desk, "dave", defined(made.key)).nodes for role in node.roles}:
        if see(desk, "root", lambda work: work.roles.get(role)) is None:  # noqa: B023
            do(desk, "root", lambda work: roles.create(work, key=role, names=Names(zh=role)))  # noqa: B023
    change = processes.ProcessChange(needs_business=True)
    do(desk, "dave", lambda work: processes.change(work, made.key, change, revision=1))
    do(desk, "root", lambda work: processes.enable(work, made.key, policy=Policy(), revision=2))
    assert do(desk, "root", lambda work: deployments.deploy(work, made.key, 1, message="go")).number == 1
    shelf = do(desk, "root", lambda work: categories.create(work, names=Names(zh="x")))
    entry = {"key": "entry", "names": Names(zh="y"), "category_id": str(shelf.id)}
    do(desk, "root", lambda work: services.create(work, **entry))
    do(desk, "root", lambda work: services.bind(work, "entry", process=made.key, deployment=1, revision=1))
    assert see(desk, "root", lambda work: work.cases.opening("entry")).enabled


def defined(key: str) -> Act:
    return lambda work: reading.version_definition(work, key, 1)


def test_a_service_stays_on_its_deployment_and_shows_what_is_newer(bound: Database) -> None:
    def entry() -> Any:
        return see(bound, "root", lambda work: catalogue.read_service(work, "fault")).binding

    assert (entry().deployment, entry().newer_version, entry().newer_deployment) == (1, None, None)
    do(bound, "dave", importing(text("start -> Fix -> Check -> end")))
    assert (entry().deployment, entry().newer_version, entry().newer_deployment) == (1, 2, None)
    do(bound, "root", lambda work: deployments.deploy(work, "fault", 2))
    assert (entry().deployment, entry().newer_version, entry().newer_deployment) == (1, 2, 2)
    do(bound, "root", lambda work: services.bind(work, "fault", process="fault", deployment=2, revision=2))
    assert (entry().deployment, entry().newer_version, entry().newer_deployment) == (2, None, None)


def test_a_service_whose_start_names_a_role_is_shown_to_its_holders(bound: Database) -> None:
    named = text().replace(
        b'<startEvent id="start" name="start">',
        b'<startEvent id="start" name="start"><extensionElements><fd:role key="customer_service"/></extensionElements>',
    )
    assert named != text()
    do(bound, "dave", importing(named))
    do(bound, "root", lambda work: deployments.deploy(work, "fault", 2))
    do(bound, "root", lambda work: services.bind(work, "fault", process="fault", deployment=2, revision=2))
    assert shown(bound, "alice") == [("故障", ["fault"])]
    assert shown(bound, "eve") == []
    assert shown(bound, "eve", everything=True) == []
    assert shown(bound, "root") == []
    assert shown(bound, "root", everything=True) == [("故障", ["fault"])]
    with pytest.raises(NotFound):
        see(bound, "eve", lambda work: catalogue.read_service(work, "fault"))


def test_what_takes_no_new_tickets_is_not_offered(bound: Database) -> None:
    do(bound, "root", lambda work: deployments.retire(work, "fault", 1))
    assert shown(bound, "alice") == []
    with pytest.raises(Conflict, match="DEPLOYMENT_RETIRED"):
        do(bound, "root", lambda work: services.bind(work, "fault", process="fault", deployment=1, revision=2))


def test_unbinding_and_switching_off_take_a_service_out_of_the_catalogue(bound: Database) -> None:
    off = services.ServiceChange(active=False)
    do(bound, "root", lambda work: services.change(work, "fault", off, revision=2))
    assert shown(bound, "alice") == []
    on = services.ServiceChange(active=True, names=Names(zh="新名"), position=3)
    do(bound, "root", lambda work: services.change(work, "fault", on, revision=3))
    assert shown(bound, "alice") == [("故障", ["fault"])]
    do(bound, "root", lambda work: services.unbind(work, "fault", revision=4))
    assert shown(bound, "alice") == []


@pytest.mark.parametrize("name", ["dave", "alice", "audrey"])
def test_the_catalogue_is_arranged_by_admins(bound: Database, name: str) -> None:
    before = contents(bound)
    for act in (
        lambda work: services.unbind(work, "fault", revision=2),
        lambda work: services.bind(work, "fault", process="fault", deployment=1, revision=2),
        lambda work: categories.create(work, names=Names(zh="x")),
        lambda work: deployments.retire(work, "fault", 1),
        lambda work: processes.disable(work, "fault", revision=1),
    ):
        with pytest.raises(Forbidden):
            do(bound, name, act)
    assert contents(bound) == before


def test_categories_form_a_tree_that_cannot_bite_its_tail(desk: Database) -> None:
    def create(name: str, parent: str | None = None) -> str:
        made = do(desk, "root", lambda work: categories.create(work, names=Names(zh=name), parent_id=parent))
        return str(made.id)

    top = create("a")
    inner = create("b", top)
    with pytest.raises(Invalid) as refused:
        do(desk, "root", lambda work: categories.change(work, top, parent_id=inner, revision=1))
    assert refused.value.problems[0].code == "CATEGORY_INSIDE_ITSELF"
    with pytest.raises(Conflict, match="CATEGORY_NOT_EMPTY"):
        do(desk, "root", lambda work: categories.delete(work, top, revision=1))
    do(desk, "root", lambda work: categories.change(work, inner, to_top=True, revision=1))
    do(desk, "root", lambda work: categories.delete(work, top, revision=1))
    below = inner
    for depth in range(7):
        below = create(str(depth), below)
    with pytest.raises(Invalid, match="FIELDS_INVALID"):
        create("too deep", below)
