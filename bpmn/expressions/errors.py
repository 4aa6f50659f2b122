"""What an expression can be refused for, and what its evaluation can end in."""

from collections.abc import Mapping

from bpmn.errors import FaultdeskError


class ExpressionRefused(FaultdeskError):
    """The text is not an expression of the language; ``position`` is an offset in characters into the text.

    Codes: EXPRESSION_REFUSED, TOO_LONG, TOO_DEEP, EXTERNAL_FUNCTION. ``reason`` is a short technical phrase
    (``unknown function open``, ``method call .getClass()``); ``params`` repeats position and reason.
    """

    def __init__(
        self,
        reason: str,
        position: int = 0,
        code: str = "EXPRESSION_REFUSED",
        params: Mapping[str, object] | None = None,
    ) -> None:
        self.reason = reason
        self.position = position
        super().__init__(code, {"reason": reason, "position": position, **(params or {})})


class EvaluationFailed(FaultdeskError):
    """An evaluation that cannot give the answer asked for; the ticket that needs it is stuck."""


class BudgetExhausted(EvaluationFailed):
    """The evaluation went over a bound; ``params["limit"]`` is ``steps``, ``depth`` or ``size``."""

    def __init__(self, limit: str) -> None:
        super().__init__("BUDGET_EXHAUSTED", {"limit": limit})


class NotBoolean(EvaluationFailed):
    """A condition gave null or something that is not a boolean; ``params["type"]`` says what."""

    def __init__(self, params: Mapping[str, object]) -> None:
        super().__init__("EXPRESSION_NOT_BOOLEAN", params)


class Null(Exception):
    """FEEL's null-on-error inside a built-in function: ends the call with null and leaves a warning."""

    def __init__(self, code: str, /, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
