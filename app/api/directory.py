"""The directory that lint judges a process by, for `faultdesk lint --server`."""

from flask import Response

from app.allowing import Holding
from app.answers import shown
from app.api.noun import Noun
from app.api.schemas.directory import DirectoryShown
from app.asking import Ask
from bpmn.directory import Directory
from engine.directory import directory_for
from engine.values.actors import Permission

noun = Noun("directory", "What lint knows of this installation")


@noun.operation(
    "GET",
    "/directory",
    allow=Holding.any_of(Permission.DESIGNER, Permission.ADMIN, Permission.AUDITOR),
    answer=DirectoryShown,
    etag=True,
)
def show_directory(ask: Ask) -> Response:
    """Roles with the number of their active members per business, active businesses, and the keys of all processes."""
    return shown(_shown(ask.look(lambda work: directory_for(work, None))))


def _shown(directory: Directory) -> dict[str, object]:
    return {
        "roles": [
            {"key": each.key, "per_business": each.per_business, "members": dict(each.members)}
            for each in directory.roles.values()
        ],
        "businesses": list(directory.businesses),
        "processes": sorted(directory.called),
    }
