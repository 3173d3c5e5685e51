"""Any list of an event as a file for a spreadsheet or a program."""

from eventdesk.tables.files import Form
from eventdesk.usecases.exports.exporting import (
    LISTINGS,
    Exported,
    Listing,
    ListSpec,
    export_events,
    export_payments,
    export_sessions,
    export_tickets,
    export_transactions,
)

__all__ = [
    "LISTINGS",
    "Exported",
    "Form",
    "ListSpec",
    "Listing",
    "export_events",
    "export_payments",
    "export_sessions",
    "export_tickets",
    "export_transactions",
]
