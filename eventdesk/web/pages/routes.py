"""Where the pages are."""

from starlette.routing import Route as At

from eventdesk.desk import Desk
from eventdesk.web.pages.assets import asset_routes
from eventdesk.web.pages.frames import FramePages
from eventdesk.web.pages.home import home_routes
from eventdesk.web.pages.offline import offline_routes
from eventdesk.web.pages.scan import scan_routes
from eventdesk.web.pages.sign_in import SignInPages
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions


def page_routes(desk: Desk, sessions: Sessions, rates: Rates) -> list[At]:
    """All pages, and the files that they need."""
    return [
        *home_routes(desk, sessions),
        *SignInPages(desk, sessions).routes(),
        *offline_routes(),
        *scan_routes(desk, sessions),
        *FramePages(desk, rates).routes(),
        *asset_routes(),
    ]
