"""Numbers for programs that watch, in the text that Prometheus reads: `GET /metrics`.

Requests are counted as they end; all else is read when it is asked for. A label is a word of this
program (a route as the table has it, an outcome, a kind of delivery), never what somebody sent.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk import __version__
from eventdesk.accounts import DeviceCount, count_all_devices
from eventdesk.acts import SYSTEM
from eventdesk.desk import AnyDesk
from eventdesk.keeping import HouseFigures, house_figures
from eventdesk.web.caller import Shown, need_signed_in
from eventdesk.web.last_uses import LastUses

PREFIX: Final = "eventdesk_"

SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Borders of the times that requests are told apart by."""

HERE: Final = frozenset({"127.0.0.1", "::1"})
"""Addresses from which this machine itself asks."""

HERE_BY_NAME: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})

BY_A_PROXY: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers with which a proxy says for whom it asks."""


class Metrics:
    """What one server counts.

    Args:
        loopback: Whether who asks on this machine needs no token: not where a proxy stands before
            it, because then everybody asks from there.
    """

    def __init__(self, *, loopback: bool = True) -> None:
        self._loopback = loopback
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            PREFIX + "request_seconds",
            "How long requests took, from their head to the end of the answer.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            PREFIX + "stage_seconds",
            "How long requests for use cases took in each stage: receive, wait, use_case, answer.",
            ("stage", "kind"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._stage = cache(self._stages.labels)  # finding one costs more than counting in it
        version = Gauge(PREFIX + "info", "The program.", ("version",), registry=self._registry)
        version.labels(__version__).set(1)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            method: Of the route; "-" where there is none.
            route: As the table of addresses has it; "-" where there is none.
            status: Of HTTP; 0 where the client was gone before the answer.
            seconds: How long it took.
        """
        self._requests.labels(method, route, status).observe(seconds)

    def note_stages(self, kind: str, spent: Iterable[tuple[str, float]]) -> None:
        """Count the stages of a request.

        Args:
            kind: Of the use case, such as reads or writes.
            spent: Each stage, and how long it took.
        """
        for stage, seconds in spent:
            self._stage(stage, kind).observe(seconds)

    def follow(self, name: str, words: str, value: Callable[[], float]) -> None:
        """Tell a value that is asked for each time."""
        Gauge(PREFIX + name, words, registry=self._registry).set_function(value)

    def is_open_to(self, request: Request) -> bool:
        """Whether who asks needs no token: on this machine, and for nobody else."""
        host = request.headers.get("host", "").lower()
        return (
            self._loopback
            and request.client is not None
            and request.client.host in HERE
            and (host.rpartition(":")[0] if not host.endswith("]") else host) in HERE_BY_NAME
            and not any(name in request.headers for name in BY_A_PROXY)
        )

    def text(self, figures: HouseFigures, devices: DeviceCount) -> bytes:
        """All there is to tell."""
        return generate_latest(_All(self._registry, _families(figures, devices)))


class _All(CollectorRegistry):
    """What is counted here, and what the store says."""

    def __init__(self, counted: CollectorRegistry, said: Iterable[Metric]) -> None:
        super().__init__()
        self._counted, self._said = counted, said

    def collect(self) -> Iterator[Metric]:
        yield from self._counted.collect()
        yield from self._said


def _families(figures: HouseFigures, devices: DeviceCount) -> Iterator[Metric]:
    scans = CounterMetricFamily(PREFIX + "scans", "Scans that the store holds.", labels=["outcome"])
    for outcome, number in sorted(figures.scans.items()):
        scans.add_metric([outcome], number)
    yield scans
    yield _by_kind("deliveries_open", "What waits to leave the house.", figures.deliveries_open)
    yield _by_kind("deliveries_failed", "What did not get out.", figures.deliveries_failed)
    for name, words, value in (
        ("waiting", "People on waitlists.", figures.waiting),
        ("queued", "Requests in the queues of opening hours.", figures.queued),
        ("devices_paired", "Devices that work through this house.", devices.paired),
        ("devices_online", "Those of them that were heard of just now.", devices.online),
    ):
        yield GaugeMetricFamily(PREFIX + name, words, value)


def _by_kind(name: str, words: str, numbers: Mapping[str, int]) -> Metric:
    found = GaugeMetricFamily(PREFIX + name, words, labels=["kind"])
    for kind, number in sorted({"badge": 0, **numbers}.items()):
        found.add_metric([kind], number)
    return found


def metrics_routes(desk: AnyDesk, metrics: Metrics, uses: LastUses) -> list[At]:
    """`/metrics`, for who asks on this machine, or by a token that may see the installation."""

    async def answer(request: Request) -> Response:
        shown = Shown.by(request)
        is_open = not shown.key and metrics.is_open_to(request)

        def call(store: Store) -> tuple[HouseFigures, DeviceCount]:
            actor = SYSTEM if is_open else shown.actor(store)
            need_signed_in(actor)
            return house_figures(store, actor), count_all_devices(store, SYSTEM)

        figures, devices = await desk.run_as(house_figures, call)
        shown.note_known(request)
        await uses.note(shown)
        content = metrics.text(figures, devices)
        return Response(content, headers={"content-type": CONTENT_TYPE_LATEST})

    return [At("/metrics", answer)]
