"""What a command looks up before the check is exactly what the check will ask for."""

from bpmn.forms.checking import check_answers
from bpmn.forms.mentions import Mentioned, mentioned
from tests.bpmn.forms.support import NOW, Installation, component, form_of


def form_with_every_widget() -> object:
    row = component("textfield", "who", properties={"fd:widget": "user"})
    return (
        component("taglist", "followers", properties={"fd:widget": "users"}),
        component("select", "business", properties={"fd:widget": "business"}),
        component("select", "role", properties={"fd:widget": "role"}),
        component("filepicker", "files", multiple=True),
        {"type": "group", "components": [component("dynamiclist", "rows", components=[row])]},
    )


def test_everything_that_the_check_asks_was_mentioned() -> None:
    form = form_of(*form_with_every_widget())  # type: ignore[misc]
    answers = {
        "followers": ["qc", "nobody"],
        "business": "website",
        "role": "ops",
        "files": ["u1"],
        "rows": [{"who": "kefu"}],
    }
    lookup = Installation()

    check_answers(form, answers, variables={}, now=NOW, lookup=lookup)
    found = mentioned(form, answers)

    assert found.users == {"qc", "nobody", "kefu"}
    assert (found.businesses, found.roles, found.files) == ({"website"}, {"ops"}, {"u1"})
    assert set(lookup.asked) == {
        *(("users", each) for each in found.users),
        *(("businesses", each) for each in found.businesses),
        *(("roles", each) for each in found.roles),
    }


def test_answers_of_the_wrong_kind_mention_nothing() -> None:
    form = form_of(*form_with_every_widget())  # type: ignore[misc]

    found = mentioned(form, {"followers": {"x": 1}, "business": [1], "files": None, "rows": ["x", {"who": 3}]})

    assert found == Mentioned()


def test_a_correction_also_asks_about_what_the_ticket_holds() -> None:
    form = form_of(*form_with_every_widget())  # type: ignore[misc]

    assert mentioned(form, {"business": "a"}, {"business": "b"}).businesses == {"a", "b"}
