"""Where the pages are."""

from starlette.routing import Route as At

from eventdesk.desk import Desk
from eventdesk.web.pages.accounts import AccountPages
from eventdesk.web.pages.assets import asset_routes
from eventdesk.web.pages.event import EventPages
from eventdesk.web.pages.frames import FramePages
from eventdesk.web.pages.home import home_routes
from eventdesk.web.pages.new_ticket import NewTicketPage
from eventdesk.web.pages.offline import offline_routes
from eventdesk.web.pages.own import OwnPage
from eventdesk.web.pages.scan import scan_routes
from eventdesk.web.pages.sign_in import SignInPages
from eventdesk.web.pages.tickets import TicketPages
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions


def page_routes(desk: Desk, sessions: Sessions, rates: Rates) -> list[At]:
    """All pages, and the files that they need."""
    pages = (SignInPages, NewTicketPage, TicketPages, OwnPage)
    made = [route for each in pages for route in each(desk, sessions).routes()]
    made += EventPages(desk, sessions, rates).routes()
    made += AccountPages(desk, sessions, rates).routes()
    made += FramePages(desk, rates).routes()
    made += [*scan_routes(desk, sessions), *offline_routes()]
    return [*home_routes(desk, sessions, rates), *made, *asset_routes()]
