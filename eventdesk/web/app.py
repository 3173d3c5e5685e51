"""The application: all addresses of the server, behind its edge."""

from collections.abc import Iterable, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from eventdesk.acts import Reach
from eventdesk.core.errors import EventDeskError
from eventdesk.desk import Desk
from eventdesk.web.api import api_routes
from eventdesk.web.app_sessions import AppSessions
from eventdesk.web.bodies import Bodies
from eventdesk.web.edge import Edge, told
from eventdesk.web.health import health_routes
from eventdesk.web.last_uses import LastUses
from eventdesk.web.metrics import Metrics, metrics_routes
from eventdesk.web.pages.routes import page_routes
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions
from eventdesk.web.stream import Streams
from eventdesk.web.table import Table
from eventdesk.wire.addresses import routes
from eventdesk.wire.route import Route

SERVED: Final = frozenset({Reach.GUARDED, Reach.DEVICES, Reach.PUBLIC})


def make_app(
    desk: Desk,
    streams: Streams,
    *,
    rates: Rates | None = None,
    bodies: Bodies | None = None,
    metrics: Metrics | None = None,
    uses: LastUses | None = None,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """Make the application over an open house.

    Args:
        desk: The house; it stays open when the application ends.
        streams: Who listens for changes.
        rates: How often one caller may ask.
        bodies: How much callers may send at once.
        metrics: What programs that watch are told.
        uses: When tokens and sessions were used last.
        more: What else this server answers.
    """
    rates, bodies, metrics = rates or Rates(), bodies or Bodies(), metrics or Metrics()
    uses = uses or LastUses(desk)
    sessions = Sessions(desk, rates, uses)
    return Starlette(
        routes=[
            Table(
                [
                    *sessions.routes(),
                    *AppSessions(desk, rates).routes(),
                    *api_routes(desk, served(), rates=rates, on_known=uses.note),
                ]
            ),
            *health_routes(desk),
            *metrics_routes(desk, metrics, uses),
            *streams.routes(),
            *page_routes(desk, sessions, rates),
            *more,
        ],
        middleware=[Middleware(Edge, rates=rates, bodies=bodies, metrics=metrics)],
        exception_handlers={EventDeskError: told, HTTPException: told},
    )


def served() -> Iterable[Route]:
    """The use cases that are served: all that have an address; what is kept inside has none."""
    return (each for each in routes() if each.verb.reach in SERVED)
