"""Measures for Prometheus, in a registry of the application's own."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "faultdesk_requests", "Requests answered", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "faultdesk_request_seconds",
            "Time to the answer",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._commands = Counter(
            "faultdesk_commands", "Commands by outcome", ("route", "outcome"), registry=self._registry
        )
        self._retries = Counter(
            "faultdesk_database_retries", "Units of work run again after a lost race", registry=self._registry
        )

        # Routes, methods and outcomes are few; looking their counters up costs more than counting.
        self._counted = cache(lambda route, method, status: self._requests.labels(route, method, str(status)))
        self._timed = cache(self._seconds.labels)
        self._ended = cache(self._commands.labels)

    def request(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is the rule, never the path: there are few rules and many paths."""
        self._counted(route, method, status).inc()
        self._timed(route, method).observe(seconds)

    def command(self, *, route: str, outcome: str) -> None:
        """Count a command: `done`, `replayed` or the code of the refusal."""
        self._ended(route, outcome).inc()

    def retried(self, times: int) -> None:
        """Count units of work that ran again."""
        if times:
            self._retries.inc(times)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)
