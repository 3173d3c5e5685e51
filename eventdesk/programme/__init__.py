"""The programme: sessions, speakers, sponsors, and places in sessions with sign-up."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.programme.programme import (
        SESSION,
        NewSession,
        Programme,
        SessionSaved,
        add_session,
        cancel_session,
        change_session,
        read_programme,
        remove_session,
        restore_session,
    )
    from eventdesk.programme.session import (
        MAX_LOGO,
        Clash,
        Conflict,
        Session,
        Speaker,
        Sponsor,
        conflicts,
    )
    from eventdesk.programme.session_places import (
        best_ticket_priority,
        clashes,
        events_of,
        free_places,
        has_room,
        is_signed_up,
        lets_in,
        may_enter,
        need_open,
        person_of,
        places_left,
        put_in,
        session_row,
        take_out,
        ticket_types_of,
    )
    from eventdesk.programme.speakers import (
        SPEAKER,
        NewSpeaker,
        add_speaker,
        change_speaker,
        remove_speaker,
    )
    from eventdesk.programme.sponsors import (
        SPONSOR,
        NewSponsor,
        add_sponsor,
        change_sponsor,
        move_sponsor,
        need_logo,
        remove_sponsor,
        set_sponsor_logo,
    )
else:
    __getattr__ = opened(__name__)
