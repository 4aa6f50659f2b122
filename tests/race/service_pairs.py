"""Pairs of commands on what tickets are opened from: versions, deployments, services."""

from collections.abc import Callable

from tests.race.calling import Reply
from tests.race.drawings import LINE, line
from tests.race.pairing import RUNS, Race, both
from tests.race.stage import Stage, bind


def deployed(stage: Stage, version: int) -> int:
    """The number of a new deployment of this version."""
    made = stage["admin"].posts(f"processes/{LINE}/deployments", {"version": version})
    return int(made["number"])


def _open_beside(stage: Stage, act: Callable[[], Reply], versions: set[int]) -> tuple[str, ...]:
    """Open a ticket while the admin acts: it is refused, or runs wholly on one of these versions."""
    opened, acted = both(lambda: stage.open(LINE), act)
    assert acted.status in (200, 201), (acted.status, acted.body)
    if opened.status == 201:
        version = opened.body["process"]["version"]
        assert version in versions
        assert [task["element"] for task in opened.body["tasks"]] == [f"V{version}"]
        stage.sound(opened.body["id"])
        return str(opened), f"version {version}"
    return str(opened), str(acted)


def deploy_and_open(stage: Stage) -> tuple[str, ...]:
    """To deploy changes nothing for the service: the ticket runs on what it is bound to."""
    bind(stage, LINE, LINE, deployed(stage, 1))
    deployment = {"version": 2}
    deploy = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", deployment)  # noqa: E731
    return _open_beside(stage, deploy, {1})


def _service(stage: Stage, act: str, body: object) -> Callable[[], Reply]:
    etag = stage["admin"].send("GET", f"services/{LINE}").headers["etag"]
    return lambda: stage["admin"].send("POST", f"services/{LINE}/{act}", body, If_Match=etag)


def bind_and_open(stage: Stage) -> tuple[str, ...]:
    """The ticket runs wholly on the old deployment or wholly on the new one."""
    bind(stage, LINE, LINE, deployed(stage, 1))
    body = {"process": LINE, "deployment": deployed(stage, 2)}
    said = _open_beside(stage, _service(stage, "bind", body), {1, 2})
    assert stage.opened(LINE)["process"]["version"] == 2, "what was acknowledged holds"
    return said


def _closed_for(stage: Stage, act: Callable[[], Reply], code: str) -> tuple[str, ...]:
    said = _open_beside(stage, act, {1})
    assert said[0] in ("201 ", f"409 {code}")
    assert str(stage.open(LINE)) == f"409 {code}", "what was acknowledged holds"
    return said


def retire_and_open(stage: Stage) -> tuple[str, ...]:
    """Once retired, always refused."""
    number = deployed(stage, 1)
    bind(stage, LINE, LINE, number)
    retire = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments/{number}/retire")  # noqa: E731
    return _closed_for(stage, retire, "SERVICE_CLOSED")


def unbind_and_open(stage: Stage) -> tuple[str, ...]:
    """Once unbound, always refused."""
    bind(stage, LINE, LINE, deployed(stage, 1))
    return _closed_for(stage, _service(stage, "unbind", {}), "SERVICE_NOT_BOUND")


def bind_and_bind(stage: Stage) -> tuple[str, ...]:
    """Two admins who have read the same: one is told that it has changed meanwhile."""
    chosen = [deployed(stage, version) for version in (1, 2)]
    acts = [_service(stage, "bind", {"process": LINE, "deployment": number}) for number in chosen]
    replies = both(*acts)
    assert sorted(str(reply).strip() for reply in replies) == ["200", "412 VERSION_CHANGED"]
    won = next(number for number, reply in zip(chosen, replies, strict=True) if reply.status == 200)
    assert stage.opened(LINE)["process"]["deployment"] == won
    return tuple(str(reply).strip() for reply in replies)


def deploy_and_deploy(stage: Stage) -> tuple[str, ...]:
    """Deployments are numbered without a gap, also when made at once."""
    first = deployed(stage, 1)
    deploy = lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", {"version": 2})  # noqa: E731
    replies = both(deploy, deploy)
    assert sorted(reply.body["number"] for reply in replies) == [first + 1, first + 2]
    return tuple(str(reply).strip() for reply in replies)


def delete_and_deploy(stage: Stage) -> tuple[str, ...]:
    """security-bar R-14: a version is deleted or deployed, never both."""
    content = line("V1", f"Once{next(RUNS)}")
    number = stage["designer"].posts("versions", content)["version"]["number"]
    replies = both(
        lambda: stage["designer"].send("DELETE", f"processes/{LINE}/versions/{number}"),
        lambda: stage["admin"].send("POST", f"processes/{LINE}/deployments", {"version": number}),
    )
    said = tuple(str(reply).strip() for reply in replies)
    assert said in {("204", "404 NOT_FOUND"), ("409 VERSION_IN_USE", "201")}
    return said


SERVICE_PAIRS: tuple[Race, ...] = (
    deploy_and_open,
    bind_and_open,
    retire_and_open,
    unbind_and_open,
    bind_and_bind,
    deploy_and_deploy,
    delete_and_deploy,
)
