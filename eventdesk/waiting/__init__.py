"""Waiting: waitlists, the queue of an opening hour, sign-ups for sessions, and reminders."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.waiting.calendar_links import (
        OwnCalendar,
        end_calendar_link,
        make_calendar_link,
        my_calendar_link,
        own_calendar,
        sessions_in_calendars,
    )
    from eventdesk.waiting.own_programme import (
        ComingSession,
        Going,
        OwnProgramme,
        ProgrammeEvent,
        ProgrammeItem,
        SignUpResult,
        coming_session,
        leave_session,
        my_programme,
        programme_calendar,
        programmes_of,
        sign_up_for_session,
    )
    from eventdesk.waiting.own_requests import RequestPlace, request_place
    from eventdesk.waiting.queue import (
        ask,
        booking_of,
        close_queue,
        list_requests,
        my_requests,
        open_queue,
        queue_summary,
        run_queue,
        serve_queues,
        withdraw,
    )
    from eventdesk.waiting.reminders import remind
    from eventdesk.waiting.team_registration import Registered, Without, register
    from eventdesk.waiting.ticketing import (
        Queued,
        TypePlaces,
        give_back,
        places_by_type,
        queue_up,
        sales_by_type,
        serve_next,
    )
    from eventdesk.waiting.ticketing_files import named_queue, named_transactions
    from eventdesk.waiting.waitlist import (
        accept,
        fill_now,
        gives_places,
        join,
        leave,
        list_waitlist,
        move_up,
        my_entries,
        offer_by_hand,
        sold_out_types,
        waiting_lists,
    )
    from eventdesk.waiting.waitlist_entry import (
        MOST_PLACES,
        EntryState,
        EntryView,
        WaitingList,
        WhoComes,
    )
    from eventdesk.waiting.waitlist_offers import sweep
    from eventdesk.waiting.words import has_clash, standing_in_words
else:
    __getattr__ = opened(__name__)
