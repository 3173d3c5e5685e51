"""Waiting: waitlists, the queue of an opening hour, sign-ups for sessions, and reminders."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.waiting.own_programme import (
        Going,
        OwnProgramme,
        ProgrammeItem,
        leave_session,
        my_programme,
        programmes_of,
        sign_up,
    )
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
    from eventdesk.waiting.team_registration import Registered, register
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
    from eventdesk.waiting.waitlist_entry import EntryState, EntryView, WaitingList
    from eventdesk.waiting.waitlist_offers import sweep
else:
    __getattr__ = opened(__name__)
