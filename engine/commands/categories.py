"""Categories: the tree in which requesters look for services."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from engine.audit import difference, record
from engine.checking import Checks, check_revision
from engine.errors import Conflict, NotFound
from engine.ids import new_id, parse_uuid
from engine.permitting import need
from engine.ports.work import Work
from engine.values.actors import Permission
from engine.values.audit import AuditType
from engine.values.processes import Category, Names

DEPTH = 8
"""Categories inside one another."""


def create(work: Work, *, names: Names, parent_id: str | None = None, position: int = 0) -> Category:
    """Make a category, at the top or inside another.

    Raises: Forbidden, Invalid `FIELDS_INVALID`.
    """
    need(work.actor, Permission.ADMIN)
    checks = Checks()
    new = Category(id=new_id(), names=checks.names("names", names), position=checks.position(position))
    category = replace(new, parent_id=_parent(work, checks, new.id, parent_id))
    checks.done()
    work.services.add_category(category)
    record(work, AuditType.CATEGORY_CREATED, f"category:{category.id}", {"after": _facts(category)})
    return category


def change(
    work: Work,
    category_id: str,
    *,
    names: Names | None = None,
    parent_id: str | None = None,
    to_top: bool = False,
    position: int | None = None,
    revision: int | None,
) -> Category:
    """Rename or move a category: into another with `parent_id`, to the top with `to_top`.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Invalid `FIELDS_INVALID`.
    """
    before = _load(work, category_id, revision)
    checks = Checks()
    moved = before.parent_id if parent_id is None else _parent(work, checks, before.id, parent_id)
    after = replace(
        before,
        names=before.names if names is None else checks.names("names", names),
        parent_id=None if to_top else moved,
        position=before.position if position is None else checks.position(position),
        revision=before.revision + 1,
    )
    checks.done()
    work.services.save_category(after)
    changes = difference(_facts(before), _facts(after))
    record(work, AuditType.CATEGORY_CHANGED, f"category:{after.id}", changes)
    return after


def delete(work: Work, category_id: str, *, revision: int | None) -> None:
    """Delete an empty category.

    Raises: Forbidden, NotFound, PreconditionRequired, PreconditionFailed, Conflict `CATEGORY_NOT_EMPTY`.
    """
    category = _load(work, category_id, revision)
    inside = [each for each in work.services.categories() if each.parent_id == category.id]
    services = work.services.in_category(category.id)
    if inside or services:
        raise Conflict("CATEGORY_NOT_EMPTY", {"categories": len(inside), "services": services})
    work.services.remove_category(category.id)
    record(work, AuditType.CATEGORY_DELETED, f"category:{category.id}", {"before": _facts(category)})


def _load(work: Work, category_id: str, revision: int | None) -> Category:
    need(work.actor, Permission.ADMIN)
    parsed = parse_uuid(category_id)
    category = None if parsed is None else work.services.category(parsed, lock=True)
    if category is None:
        raise NotFound("category")
    check_revision(category.revision, revision)
    return category


def _parent(work: Work, checks: Checks, moving: UUID, parent_id: str | None) -> UUID | None:
    """The new parent's id, when there is one, it is not inside the moving category, and the tree stays shallow."""
    if parent_id is None:
        return None
    known = {each.id: each for each in work.services.categories()}
    found = known.get(parsed) if (parsed := parse_uuid(parent_id)) is not None else None
    if found is None:
        checks.refuse("parent_id", "CATEGORY_UNKNOWN")
        return None
    above = _ancestors(known, found)
    if moving in above:
        checks.refuse("parent_id", "CATEGORY_INSIDE_ITSELF")
    if len(above) + _height(known, moving) > DEPTH:
        checks.refuse("parent_id", "CATEGORY_TOO_DEEP", limit=DEPTH)
    return found.id


def _ancestors(known: Mapping[UUID, Category], start: Category) -> list[UUID]:
    found, at = [start.id], start
    while at.parent_id is not None and at.parent_id not in found:
        at = known[at.parent_id]
        found.append(at.id)
    return found


def _height(known: Mapping[UUID, Category], category_id: UUID) -> int:
    children = [each.id for each in known.values() if each.parent_id == category_id]
    return 1 + max((_height(known, child) for child in children), default=0)


def _facts(category: Category) -> Mapping[str, object]:
    return {
        "name_zh": category.names.zh,
        "name_en": category.names.en,
        "parent_id": None if category.parent_id is None else str(category.parent_id),
        "position": category.position,
    }
