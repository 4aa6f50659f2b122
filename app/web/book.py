"""The names behind keys that stand in answers and events: people, businesses, roles, files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.web.words import in_language
from engine.values.events import Attachment
from engine.values.processes import Names
from storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Book:
    """Names by key; what is not in it is called by its key."""

    people: Mapping[str, str] = field(default_factory=dict)
    businesses: Mapping[str, Names] = field(default_factory=dict)
    """The active ones."""
    roles: Mapping[str, Names] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)

    def person(self, name: object) -> str:
        """Somebody by their user name."""
        return self.people.get(str(name), str(name))

    def business(self, key: object) -> str:
        """A business by its key."""
        return in_language(self.businesses.get(str(key))) or str(key)

    def role(self, key: object) -> str:
        """A role by its key."""
        return in_language(self.roles.get(str(key))) or str(key)


def book_of(work: Store, *, people: Iterable[str] = (), files: Iterable[Attachment] = ()) -> Book:
    """The book for one page."""
    named = tuple(dict.fromkeys(people))
    found = work.cases.facts(users=named, uploader=work.actor.id).users if named else {}
    return Book(
        people={name: person.display_name for name, person in found.items()},
        businesses={each.key: each.names for each in work.businesses.all() if each.active},
        roles={each.role.key: each.role.names for each in work.roles.all()},
        files={each.public_id: each for each in files},
    )
