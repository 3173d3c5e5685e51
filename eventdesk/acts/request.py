"""The request in which a use case runs: its id stands in the log of requests and in the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_REQUEST: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def in_request(request_id: str) -> Iterator[None]:
    """Let what runs in the block, and what it starts, be part of a request."""
    before = _REQUEST.set(request_id)
    try:
        yield
    finally:
        _REQUEST.reset(before)


def this_request() -> str:
    """The id of the request that is answered; "" where none is."""
    return _REQUEST.get()
