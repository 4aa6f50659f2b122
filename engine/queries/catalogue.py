"""The catalogue: for requesters what they may open, for those who configure the installation everything."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from engine.errors import NotFound
from engine.opening import opens
from engine.permitting import READERS
from engine.ports.work import Work
from engine.values.actors import Actor
from engine.values.catalogue import BoundService, Shelf
from engine.values.processes import Category


def may_open(actor: Actor, entry: BoundService) -> bool:
    """Whether the actor may open a ticket of this service now, for some business at least."""
    binding = entry.binding
    if binding is None or binding.retired or not binding.enabled or not entry.service.active:
        return False
    return opens(actor, binding.opener_roles)


def catalogue(work: Work, *, everything: bool = False) -> tuple[Shelf, ...]:
    """The tree of categories with the services that the actor may open; empty branches are left out.

    `everything` gives readers of the configuration all of it, empty branches and unbound services too.
    """
    entries, categories = work.services.all(), work.services.categories()
    complete = everything and bool(work.actor.permissions & READERS)
    shown = entries if complete else tuple(each for each in entries if may_open(work.actor, each))
    return _shelves(None, _by_parent(categories), shown, keep_empty=complete)


def list_services(work: Work) -> tuple[BoundService, ...]:
    """Every service for readers of the configuration, else those that the actor may open."""
    entries = work.services.all()
    if work.actor.permissions & READERS:
        return entries
    return tuple(each for each in entries if may_open(work.actor, each))


def read_service(work: Work, key: str) -> BoundService:
    """One service with what it is bound to, and what is newer.

    Raises: NotFound when there is none, or the actor may neither open it nor read the configuration.
    """
    entry = work.services.bound(key)
    actor = work.actor
    if entry is None or not (actor.permissions & READERS or may_open(actor, entry)):
        raise NotFound("service")
    return entry


def list_categories(work: Work) -> tuple[Category, ...]:
    """Every category, by position and name."""
    _ = work.actor
    return work.services.categories()


def _by_parent(categories: Iterable[Category]) -> Mapping[UUID | None, list[Category]]:
    children: dict[UUID | None, list[Category]] = {}
    for each in categories:
        children.setdefault(each.parent_id, []).append(each)
    return children


def _shelves(
    parent: UUID | None,
    children: Mapping[UUID | None, list[Category]],
    entries: tuple[BoundService, ...],
    *,
    keep_empty: bool,
) -> tuple[Shelf, ...]:
    found = (
        Shelf(
            category=each,
            services=tuple(entry for entry in entries if entry.service.category_id == each.id),
            shelves=_shelves(each.id, children, entries, keep_empty=keep_empty),
        )
        for each in children.get(parent, ())
    )
    return tuple(shelf for shelf in found if keep_empty or shelf.services or shelf.shelves)
