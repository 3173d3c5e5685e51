"""The application: all addresses of the server, behind its edge."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from eventdesk.acts import Reach
from eventdesk.core.errors import EventDeskError
from eventdesk.desk import Desk
from eventdesk.web.api import api_routes
from eventdesk.web.bodies import Bodies
from eventdesk.web.edge import Edge, told
from eventdesk.web.health import health_routes
from eventdesk.web.metrics import Metrics, metrics_routes
from eventdesk.web.rates import Rates
from eventdesk.web.stream import Streams
from eventdesk.wire.addresses import routes
from eventdesk.wire.route import Route


def make_app(
    desk: Desk,
    streams: Streams,
    *,
    rates: Rates | None = None,
    bodies: Bodies | None = None,
    metrics: Metrics | None = None,
) -> Starlette:
    """Make the application over an open house.

    Args:
        desk: The house; it stays open when the application ends.
        streams: Who listens for changes.
        rates: How often one caller may ask.
        bodies: How much callers may send at once.
        metrics: What programs that watch are told.
    """
    bodies, metrics = bodies or Bodies(), metrics or Metrics()
    return Starlette(
        routes=[
            *health_routes(desk),
            *metrics_routes(desk, metrics),
            *streams.routes(),
            *api_routes(desk, served()),
        ],
        middleware=[Middleware(Edge, rates=rates or Rates(), bodies=bodies, metrics=metrics)],
        exception_handlers={EventDeskError: told, HTTPException: told},
    )


def served() -> Iterable[Route]:
    """The use cases that are served: those that ask for a permission, and those of devices."""
    return (each for each in routes() if each.verb.reach in (Reach.GUARDED, Reach.DEVICES))
