"""Whether the server lives, and whether it can work: for machines that watch it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.core.errors import StoreError
from eventdesk.desk import AnyDesk

READY: Final = 200
NOT_READY: Final = 503


def health_routes(desk: AnyDesk) -> list[At]:
    """`/healthz` answers while the process lives, `/readyz` where the store can be written, too."""

    async def lives(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        try:
            await desk.read(Store.check_writable)
        except StoreError as error:
            return PlainTextResponse(f"{error.code}\n", NOT_READY)
        return PlainTextResponse("ready\n", READY)

    return [At("/healthz", lives), At("/readyz", ready)]
