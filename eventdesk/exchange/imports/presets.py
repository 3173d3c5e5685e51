"""The columns of files that other ticket shops write.

The names are those of the columns in pretix's exports of order positions and of a check-in list,
and in Eventbrite's attendee report. Where they mean something else by a name than everybody else,
theirs holds.
"""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.folding import fold
from eventdesk.exchange.imports.fields import Field
from eventdesk.exchange.imports.names import USUAL

PRETIX: Final[Mapping[str, Field]] = {
    "Order code": Field.ORDER,
    "Position ID": Field.POSITION,
    "Status": Field.STATE,
    "Email": Field.BUYER_EMAIL,
    "Order date": Field.BOOKED_ON,
    "Order time": Field.BOOKED_AT,
    "Product": Field.TICKET_TYPE,
    "Variation": Field.VARIATION,
    "Price": Field.PRICE,
    "Attendee name": Field.NAME,
    "Attendee name: Given name": Field.GIVEN_NAME,
    "Attendee name: Family name": Field.FAMILY_NAME,
    "Attendee email": Field.EMAIL,
    "Company": Field.LINE_TWO,
    "Ticket secret": Field.TICKET_CODE,
    "Secret": Field.TICKET_CODE,
    "Seat name": Field.SEAT,
    "Order comment": Field.NOTE,
    "Check-in text": Field.ATTENTION,
    "Invoice address name": Field.BUYER,
}
PRETIX_SIGNS: Final = ("Order code", "Position ID", "Product")

# Its last columns are the address, where "State" is no state of the order.
PRETIX_LIST: Final[Mapping[str, Field]] = {
    "Order code": Field.ORDER,
    "Attendee name": Field.NAME,
    "Attendee name: Given name": Field.GIVEN_NAME,
    "Attendee name: Family name": Field.FAMILY_NAME,
    "Product": Field.TICKET_TYPE,
    "Price": Field.PRICE,
    "Paid": Field.STATE,
    "Secret": Field.TICKET_CODE,
    "E-mail": Field.EMAIL,
    "Company": Field.LINE_TWO,
    "Order date": Field.BOOKED_ON,
    "Order time": Field.BOOKED_AT,
    "Comment": Field.NOTE,
    "Check-in text": Field.ATTENTION,
    "Seat name": Field.SEAT,
}
PRETIX_LIST_SIGNS: Final = ("Order code", "Attendee name", "Product", "Checked in")

EVENTBRITE: Final[Mapping[str, Field]] = {
    "Order #": Field.ORDER,
    "Order ID": Field.ORDER,
    "Order no.": Field.ORDER,
    "Order Date": Field.BOOKED_ON,
    "First Name": Field.GIVEN_NAME,
    "Attendee first name": Field.GIVEN_NAME,
    "Last Name": Field.FAMILY_NAME,
    "Surname": Field.FAMILY_NAME,
    "Attendee Surname": Field.FAMILY_NAME,
    "Name": Field.NAME,
    "Email": Field.EMAIL,
    "Attendee email": Field.EMAIL,
    "Quantity": Field.COUNT,
    "Ticket quantity": Field.COUNT,
    "Ticket Type": Field.TICKET_TYPE,
    "Attendee #": Field.POSITION,
    "Attendee no.": Field.POSITION,
    "Barcode #": Field.TICKET_CODE,
    "Barcode no.": Field.TICKET_CODE,
    "Barcode": Field.TICKET_CODE,
    "Currency": Field.CURRENCY,
    "Total Paid": Field.TOTAL,
    "Ticket price": Field.PRICE,
    "Attendee Status": Field.STATE,
    "Company": Field.LINE_TWO,
    "Buyer First Name": Field.BUYER_GIVEN,
    "Buyer Last Name": Field.BUYER_FAMILY,
    "Buyer Surname": Field.BUYER_FAMILY,
    "Buyer name": Field.BUYER,
    "Buyer Email": Field.BUYER_EMAIL,
    "Notes": Field.NOTE,
}
EVENTBRITE_SIGNS: Final = ("Attendee Status", "Ticket Type")


def _by_name(names: Mapping[str, Field]) -> Mapping[str, Field]:
    return {fold(name): field for name, field in names.items()}


def names_for(heading: tuple[str, ...]) -> Mapping[str, Field]:
    """The folded names that hold for a file, after what its heading tells of where it is from."""
    folded = {fold(title) for title in heading}
    if folded >= {fold(sign) for sign in PRETIX_SIGNS}:
        return _by_name(PRETIX)
    if folded >= {fold(sign) for sign in PRETIX_LIST_SIGNS}:
        return _by_name(PRETIX_LIST)
    if folded >= {fold(sign) for sign in EVENTBRITE_SIGNS}:
        return _by_name(EVENTBRITE)
    return USUAL
