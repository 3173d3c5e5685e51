"""Bookings and tickets: made, changed, cancelled."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.booking.addresses import correct_booking_address, correct_ticket_address
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
        hand_back,
    )
    from eventdesk.booking.changes import booking_facts
    from eventdesk.booking.codes import TOKEN_FACTS, all_tokens, sealed, some_tokens, token_of
    from eventdesk.booking.companions import set_companion
    from eventdesk.booking.decisions import (
        approve_booking,
        extend_deadline,
        note_booking,
        refuse_booking,
    )
    from eventdesk.booking.expiry import (
        end_unpaid,
        events_with_due,
        expire_due,
        hear_gateway,
        hear_gateways,
        hear_payment,
        revive,
    )
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
    from eventdesk.booking.guest_orders import GuestOrder, order_as_guest
    from eventdesk.booking.kept_elsewhere import Followed, Kind, follow_order, price_elsewhere
    from eventdesk.booking.links import (
        BookingLink,
        ask_for_links,
        booking_link,
        forget_requests,
        link_of,
        queue_link,
        queue_links,
        renew_link,
        shown_link,
        who_has_link,
    )
    from eventdesk.booking.own_seat import change_seat
    from eventdesk.booking.own_tickets import (
        MyTicket,
        calendar_file,
        my_ticket,
        my_tickets,
        papers_of,
        save_calendar_file,
        ticket_file,
        tickets_of,
        tickets_without_codes,
    )
    from eventdesk.booking.reader_payments import ask_at_reader, cancel_at_reader
    from eventdesk.booking.registration import (
        book,
        book_all,
        need_email,
        need_force,
        need_name,
        need_sound,
        note_booked,
        order,
        place,
    )
    from eventdesk.booking.same_people import tickets_of_people, who_is
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
    from eventdesk.booking.transfers import claim_booking, transfer_ticket, was_handed_on
    from eventdesk.booking.upgrades import upgrade_choices, upgrade_ticket
    from eventdesk.booking.wallet_passes import (
        APPLE,
        GOOGLE,
        FreshPass,
        NewerPasses,
        apple_pass,
        forget_push,
        fresh_pass,
        google_event,
        google_pass,
        google_pass_link,
        newer_passes,
        push_token_of,
        queue_passes,
        register_pass,
        unregister_pass,
        wallets,
    )
    from eventdesk.booking.words import (
        BOOKING_STATES,
        PART_PAID,
        cancel_words,
        choice_words,
        is_part_paid,
        own_state,
        state_of,
        state_words,
        summary,
        ticket_state,
        ticket_words,
        upgraded_words,
    )
else:
    __getattr__ = opened(__name__)
