"""Evaluating the conditions of one form once: every text compiled before, all of them within one budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bpmn.expressions import EvaluationFailed, Program, to_json
from bpmn.limits import ANSWER_ROWS, CONDITION_STEPS, FORM_STEPS


@dataclass(kw_only=True)
class Evaluation:
    """What one check or one showing of a form may still spend. Not shared between threads."""

    programs: Mapping[str, Program]
    """By text; one that was refused is absent."""
    now: datetime
    steps: int = FORM_STEPS
    rows: int = ANSWER_ROWS
    exhausted: bool = False
    """Whether a text went over a bound: what was evaluated then and later is null, and nothing may be stored."""

    def value(self, text: str | None, values: Mapping[str, object]) -> object:
        """The text's value as JSON; null where there is no text or it is none of the language."""
        program = None if text is None else self.programs.get(text)
        if program is None or self.exhausted:
            return None
        try:
            outcome = program.evaluate(values, now=self.now, budget=min(self.steps, CONDITION_STEPS))
            self.steps -= outcome.steps
            return to_json(outcome.value)
        except EvaluationFailed:
            self.exhausted = True
            return None

    def holds(self, text: str | None, values: Mapping[str, object]) -> bool:
        """Whether the condition is true: null, which an unanswered field gives, is not (form-js's rule)."""
        return text is not None and self.value(text, values) is True
