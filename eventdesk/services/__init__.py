"""Services outside of the house: set up, tried, and what goes to them."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.services.outgoing import (
        Dropped,
        Failed,
        Fate,
        Held,
        Later,
        Outgoing,
        OutgoingView,
        Sender,
        Sent,
        Told,
        Waits,
        anything_due,
        claim_outgoing,
        outgoing_view,
        resend,
        return_outgoing,
        service_deliveries,
        settle_outgoing,
    )
    from eventdesk.services.own_pages import keep_pages_address, kept_pages_address, pages_address
    from eventdesk.services.secret_files import folder_of
    from eventdesk.services.service import (
        WORDS,
        KindView,
        ServiceHealth,
        ServiceTrial,
        ServiceView,
        SetUp,
    )
    from eventdesk.services.set_up import (
        WHO,
        add_service,
        change_service,
        list_services,
        met_service,
        read_service,
        remove_service,
        service_kinds,
        service_of,
        services_of,
        services_on,
        set_up_of,
        switched_on_services,
        test_service,
    )
else:
    __getattr__ = opened(__name__)
