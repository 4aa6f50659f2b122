"""The demo's people: who they are, what they may do, and the one password that is made anew at every start."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from app.demo.stage import Stage
from engine.commands import businesses, people, roles
from engine.commands.people import Profile
from engine.values.actors import Permission
from engine.values.processes import Names
from storage.background import in_background
from storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Extra:
    """One of the cast."""

    name: str
    display_name: str
    does: Names
    permissions: tuple[Permission, ...] = ()
    role: str | None = None
    business: str | None = None


_OPS = Names(zh="官网运维", en="ops, website")
CAST = (
    Extra(name="kefu", display_name="客服小林", does=Names(zh="客服", en="customer service"), role="customer_service"),
    Extra(name="yunwei1", display_name="运维张伟", does=_OPS, role="ops", business="website"),
    Extra(name="yunwei2", display_name="运维李娜", does=_OPS, role="ops", business="website"),
    Extra(
        name="chanpin",
        display_name="产品王芳",
        does=Names(zh="官网产品", en="product, website"),
        role="product",
        business="website",
    ),
    Extra(name="qc", display_name="质控陈静", does=Names(zh="质量控制", en="quality control"), role="qc"),
    Extra(
        name="designer",
        display_name="流程设计员",
        does=Names(zh="设计流程", en="draws processes"),
        permissions=(Permission.DESIGNER,),
    ),
    Extra(
        name="admin",
        display_name="管理员",
        does=Names(zh="部署与管理", en="deploys and administers"),
        permissions=(Permission.ADMIN,),
    ),
    Extra(
        name="auditor",
        display_name="审计员",
        does=Names(zh="只读", en="reads everything"),
        permissions=(Permission.AUDITOR,),
    ),
)

ROLES: Mapping[str, tuple[Names, bool]] = {
    "customer_service": (Names(zh="客服", en="Customer service"), False),
    "qc": (Names(zh="质量控制", en="Quality control"), False),
    "ops": (Names(zh="运维", en="Operations"), True),
    "product": (Names(zh="产品", en="Product"), True),
    "ops_lead": (Names(zh="运维组长", en="Ops lead"), True),
}
BUSINESSES = {"website": Names(zh="官网", en="Website")}


def new_password() -> str:
    """A password for everybody of the cast: 72 random bits, easy to type."""
    return "-".join(secrets.token_hex(3) for _ in range(3))


def enter(stage: Stage, password: str) -> None:
    """Make the cast, their roles and businesses on an empty installation."""
    for extra in CAST:
        in_background(stage.database, partial(_add, extra=extra, password=password), now=stage.at)
    for key, names in BUSINESSES.items():
        stage.do("admin", partial(businesses.create, key=key, names=names))
    for key, (names, per_business) in ROLES.items():
        stage.do("admin", partial(roles.create, key=key, names=names, per_business=per_business))
    for extra in CAST:
        if extra.role is not None:
            stage.do("admin", partial(_grant, extra=extra))


def change_passwords(stage: Stage, password: str) -> None:
    """Give the whole cast a new password: the one that the last start printed no longer works."""

    def change(work: Store) -> None:
        for extra in CAST:
            user = work.people.by_name(extra.name)
            if user is not None and user.active:
                people.set_password(work, user, password)

    in_background(stage.database, change, now=stage.at)


def _add(work: Store, extra: Extra, password: str) -> None:
    profile = Profile(display_name=extra.display_name, email=f"{extra.name}@example.org")
    people.add(work, name=extra.name, profile=profile, permissions=extra.permissions, password=password)


def _grant(work: Store, extra: Extra) -> None:
    assert extra.role is not None
    roles.add_members(work, extra.role, [extra.name], business=extra.business)
