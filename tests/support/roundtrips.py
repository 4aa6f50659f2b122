"""A loopback proxy that counts how often a PostgreSQL client waits for the server.

A round trip is: the client sent, then the server answered before the client sent again. It is read off
the direction of the bytes alone, so a pipeline is one trip, and BEGIN, a statement and COMMIT sent one by
one are three. Bytes the server sends unasked (a notice, a changed setting) are none.
"""

import contextlib
import itertools
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import make_url

CHUNK = 65536


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One wait: which connection (numbered from 1 as accepted) and the bytes whose answer it waited for."""

    connection: int
    sent: bytes

    def __str__(self) -> str:
        readable = re.findall(rb"[\x20-\x7e]{4,}", self.sent)
        return f"connection {self.connection}: " + " | ".join(part.decode() for part in readable)


@dataclass(kw_only=True)
class Count:
    """The trips begun and answered inside one `counting()` block, in order of their answers.

    A trip is noted before its answer is passed on, so whoever has got an answer finds it counted.
    """

    trips: list[Trip] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.trips)

    @property
    def per_connection(self) -> Counter[int]:
        return Counter(trip.connection for trip in self.trips)

    def __str__(self) -> str:
        """List the trips with what was sent, for the message of a failed assertion."""
        return "\n".join([f"{self.total} round trips", *map(str, self.trips)])


class RoundTripProxy:
    """Listens on a free loopback port and passes everything on to `host`:`port` while entered.

    Connection start-up (TLS and GSS negotiation, authentication) is not counted on a connection that
    stood when counting began. One opened meanwhile brings its start-up trips with it: code that connects
    on a hot path pays for them.
    """

    def __init__(self, *, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._unanswered: dict[int, bytearray] = {}
        self._counts: list[Count] = []
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        _shut(self._listener)
        self._threads[0].join()
        with self._lock:
            for open_socket in self._sockets:
                _shut(open_socket)
        for thread in self._threads[1:]:
            thread.join()

    def url(self, url: str) -> str:
        """Return the SQLAlchemy URL that reaches the same database through this proxy."""
        host, port = self._listener.getsockname()
        return make_url(url).set(host=host, port=port).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def counting(self) -> Iterator[Count]:
        """Count the trips of all connections until the block ends; blocks may overlap."""
        count = Count()
        with self._lock:
            # A question asked before the block is not the block's, even when it is answered inside.
            self._unanswered.clear()
            self._counts.append(count)
        try:
            yield count
        finally:
            with self._lock:
                # By identity: two blocks that have seen the same trips are equal, yet not the same.
                self._counts = [other for other in self._counts if other is not count]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._serve(client, next(self._numbers))

    def _serve(self, client: socket.socket, number: int) -> None:
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets |= {client, server}
        self._start(lambda: self._pump(client, server, lambda sent: self._asked(number, sent)))
        self._start(lambda: self._pump(server, client, lambda _: self._answered(number)))

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="round-trip-proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, note: Callable[[bytes], None]) -> None:
        """Pass bytes on until either side is gone, then end both; note each piece before passing it on."""
        with contextlib.suppress(OSError):
            while piece := source.recv(CHUNK):
                note(piece)
                sink.sendall(piece)
        _shut(source)
        _shut(sink)
        with self._lock:
            self._sockets -= {source, sink}

    def _asked(self, number: int, sent: bytes) -> None:
        with self._lock:
            self._unanswered.setdefault(number, bytearray()).extend(sent)

    def _answered(self, number: int) -> None:
        with self._lock:
            if sent := self._unanswered.pop(number, None):
                for count in self._counts:
                    count.trips.append(Trip(connection=number, sent=bytes(sent)))


def _shut(end: socket.socket) -> None:
    """Wake a thread that reads from the socket, then close it; already gone is as good."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
