"""Inclusive gateways: which branches open, and when the join may fire (BPMN 2.0.2, 13.4.3)."""

from tests.engine.runner.journeys import begin

CHOICE = """
    start -> or1 -(a)-> A -> or2 -> D -> end
    or1 -> B -> or2
"""


def test_flows_without_a_condition_are_taken_and_others_only_when_they_hold() -> None:
    assert begin(CHOICE).at == ["B"]


def test_the_join_waits_for_the_branches_that_were_opened() -> None:
    journey = begin("start -> S -> or1 -(a)-> A -> or2 -> D -> end\nor1 -> B -> or2")
    assert journey.walk("S/a").at == ["A", "B"]
    assert journey.walk("A").at == ["B"]
    assert journey.walk("B").at == ["D"]


def test_the_join_does_not_wait_for_a_branch_that_was_not_opened() -> None:
    assert begin(CHOICE).walk("B").at == ["D"]


def test_the_default_flow_is_taken_when_no_condition_holds() -> None:
    text = "start -> S -> or1 -(a)-> A -> or2 -> end\nor1 -(b)-> B -> or2\nor1 -/-> C -> or2"
    assert begin(text).walk("S/a").at == ["A"]
    assert begin(text).walk("S/nothing").at == ["C"]
    assert begin(text).walk("S/a", "A").step.finished


def test_the_join_waits_for_a_split_nested_in_one_of_its_branches() -> None:
    # The library, as it comes, looks at one path only and fires while the nested split is still open.
    journey = begin("""
        start -> or1 -> and1 -> A -> and2 -> or2 -> D -> end
        and1 -> B -> and2
        or1 -> C -> or2
    """)
    assert journey.walk("C").at == ["A", "B"]
    assert journey.walk("A").at == ["B"]
    assert journey.walk("B").at == ["D"]
    assert journey.walk("D").step.finished


def test_the_join_waits_for_tasks_two_steps_away() -> None:
    journey = begin("start -> or1 -> A -> B -> or2 -> D -> end\nor1 -> C -> or2")
    assert journey.walk("C", "A").at == ["B"]
    assert journey.walk("B").at == ["D"]


def test_the_join_does_not_wait_for_a_token_that_can_only_come_by_a_flow_that_has_one() -> None:
    journey = begin("start -> or1 -> A -> xor1 -> or2 -> D -> end\nor1 -> B -> xor1\nor1 -(no)-> C -> or2")
    # Both A and B lead to the first incoming flow; after A it has a token and C never opened.
    assert journey.walk("A").at == ["B", "D"]
    assert journey.walk("B").at == ["D", "D"]


def test_a_token_that_may_still_go_back_before_the_split_does_not_hold_the_join_up_for_ever() -> None:
    journey = begin("""
        start -> xor1 -> or1 -> A -> or2 -> D -> xor2
        or1 -> B -> or2
        xor2 -(again!)-> xor1
        xor2 -(ok)-> end
    """)
    for order in (("A", "B"), ("B", "A"), ("A", "B")):
        journey.walk(order[0])
        assert journey.at == [order[1]]
        assert journey.walk(order[1]).at == ["D"]
        journey.walk("D/again")
        assert journey.at == ["A", "B"]
    assert journey.walk("A", "B", "D/ok").step.finished


def test_a_loop_inside_a_branch_holds_the_join_up_until_it_is_left() -> None:
    journey = begin("""
        start -> or1 -> A -> xor1
        xor1 -(again)-> A
        xor1 -(on)-> or2
        or1 -> B -> or2 -> D -> end
    """)
    journey.walk("B", "A/again", "A/again")
    assert journey.at == ["A"]
    assert journey.walk("A/on").at == ["D"]


def test_a_token_waiting_at_a_parallel_join_on_the_way_holds_the_join_up() -> None:
    journey = begin("""
        start -> and1 -> A -> and2 -> or1 -> D -> end
        and1 -> B -> and2
        and1 -> C -> or1
    """)
    assert journey.walk("C", "A").at == ["B"]
    assert journey.walk("B").at == ["D"]
    assert journey.walk("D").step.finished


def test_joins_in_a_row_fire_one_after_the_other() -> None:
    journey = begin("""
        start -> or1 -> A -> or2 -> or3 -> D -> end
        or1 -> B -> or2
        or1 -> C -> or3
    """)
    assert journey.walk("C", "B").at == ["A"]
    assert journey.walk("A").at == ["D"]
    assert journey.walk("D").step.finished


def test_a_join_inside_a_sub_process_looks_no_further_than_its_sub_process() -> None:
    journey = begin("""
        start -> and1 -> S -> and2 -> end
        S { start_s -> or1 -> A -> or2 -> B -> end_s
        or1 -(never)-> C -> or2 }
        and1 -> D -> and2
    """)
    assert journey.walk("A").at == ["B", "D"]
    assert journey.walk("B", "D").step.finished
