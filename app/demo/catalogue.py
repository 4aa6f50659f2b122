"""The demo's catalogue: two categories, the bundled processes deployed, a service bound to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from app.bundled import bundled
from app.demo.stage import Stage
from engine.commands import categories, deployments, processes, services, versions
from engine.commands.processes import ProcessChange
from engine.values.processes import Kind, Names, Policy
from storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service of the demo and the process behind it."""

    key: str
    process: str
    category: str
    names: Names
    purposes: Names
    descriptions: Names
    kind: Kind
    needs_business: bool = False


CATEGORIES: Mapping[str, Names] = {
    "faults": Names(zh="故障与事件", en="Faults and incidents"),
    "requests": Names(zh="服务请求", en="Service requests"),
}
OFFERS = (
    Offer(
        key="fault",
        process="fault-handling",
        category="faults",
        names=Names(zh="故障受理", en="Report a fault"),
        purposes=Names(
            zh="网站、应用或网络出现异常，影响用户使用时提单。",
            en="Something is broken on the site, in an application or on the network, and users notice.",
        ),
        descriptions=Names(zh="从提交故障到评估关闭。", en="From the report of a fault to its assessment."),
        kind=Kind.INCIDENT,
        needs_business=True,
    ),
    Offer(
        key="request",
        process="service-request",
        category="requests",
        names=Names(zh="服务请求", en="Request a service"),
        purposes=Names(zh="申请权限、资源或变更配置。", en="Ask for access, resources or a changed setting."),
        descriptions=Names(zh="申请、审批、办理、确认。", en="Ask, approve, fulfil, confirm."),
        kind=Kind.REQUEST,
        needs_business=True,
    ),
)


def stock(stage: Stage) -> None:
    """Import, enable, deploy and bind everything that the demo offers."""
    made = {key: stage.do("admin", partial(categories.create, names=names)) for key, names in CATEGORIES.items()}
    for offer in OFFERS:
        _import(stage, offer)
        _deploy(stage, offer)
        stage.do("admin", partial(_create, offer=offer, category_id=str(made[offer.category].id)))
        stage.do("admin", partial(_bind, offer=offer))


def _import(stage: Stage, offer: Offer) -> None:
    content = bundled(offer.process)
    stage.do(
        "designer",
        lambda work: versions.import_version(
            work, content=content, file_name=f"{offer.process}.bpmn", message="随系统提供"
        ),
    )
    change = ProcessChange(
        names=offer.names,
        descriptions=offer.descriptions,
        kind=offer.kind,
        needs_business=offer.needs_business,
        owners=("designer",),
    )
    stage.do("designer", lambda work: processes.change(work, offer.process, change, revision=_revision(work, offer)))


def _deploy(stage: Stage, offer: Offer) -> None:
    stage.do(
        "admin",
        lambda work: processes.enable(work, offer.process, policy=Policy(), revision=_revision(work, offer)),
    )
    stage.do("admin", lambda work: deployments.deploy(work, offer.process, 1, message="首次上线"))


def _revision(work: Store, offer: Offer) -> int | None:
    process = work.processes.get(offer.process)
    return None if process is None else process.revision


def _create(work: Store, offer: Offer, category_id: str) -> None:
    services.create(work, key=offer.key, names=offer.names, purposes=offer.purposes, category_id=category_id)


def _bind(work: Store, offer: Offer) -> None:
    service = work.services.get(offer.key)
    assert service is not None
    services.bind(work, offer.key, process=offer.process, deployment=1, revision=service.revision)
