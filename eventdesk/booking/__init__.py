"""Bookings and tickets: made, changed, cancelled."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.booking.answers import AnswerView, answers_of, correct_answers
    from eventdesk.booking.booking import (
        MAX_EMAIL,
        MAX_NAME,
        AttendeeLine,
        Booked,
        BookingDetail,
        BookingLine,
        Cancelled,
        MyBooking,
        NewBooking,
        NewTicket,
        TicketLine,
        TicketView,
        UpgradeChoice,
        Upgraded,
        read_people,
    )
    from eventdesk.booking.bookings import (
        booking_detail,
        by_a_door,
        find_booking,
        list_attendees,
        list_bookings,
        my_bookings,
        waiting_for_approval,
    )
    from eventdesk.booking.cancellations import (
        Ended,
        cancel_booking,
        cancel_event_bookings,
        cancel_tickets,
        cancellation,
    )
    from eventdesk.booking.codes import TOKEN_FACTS, all_tokens, sealed, some_tokens, token_of
    from eventdesk.booking.companions import set_companion
    from eventdesk.booking.decisions import (
        approve_booking,
        extend_deadline,
        note_booking,
        refuse_booking,
    )
    from eventdesk.booking.expiry import events_with_due, expire_due, hear_gateways, revive
    from eventdesk.booking.foreign_codes import (
        FIRST_REVISION,
        MAX_FOREIGN_CODE,
        MIN_FOREIGN_CODE,
        SoldElsewhere,
        has_foreign_code,
        read_foreign_code,
        renew_codes,
        short_codes_among,
        sold_elsewhere,
        tickets_with,
    )
    from eventdesk.booking.own_tickets import MyTicket, my_tickets, save_calendar_file
    from eventdesk.booking.registration import (
        book,
        book_all,
        need_force,
        need_sound,
        note_booked,
        order,
        place,
    )
    from eventdesk.booking.tickets import (
        MAX_NOTE,
        block,
        reissue,
        rename,
        rename_in,
        set_attention,
        ticket_by_code,
        unblock,
        views,
    )
    from eventdesk.booking.transfers import claim_booking, transfer_ticket
    from eventdesk.booking.upgrades import upgrade_choices, upgrade_ticket
else:
    __getattr__ = opened(__name__)
