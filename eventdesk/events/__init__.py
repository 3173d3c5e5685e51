"""Events and their states, venues, invitations and announcements."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.events.announcement import (
        MAX_TEXT,
        MAX_TITLE,
        AnnouncementView,
        Audience,
        NewAnnouncement,
    )
    from eventdesk.events.announcements import (
        announcement_reach,
        hand_out,
        list_announcements,
        send_announcement,
    )
    from eventdesk.events.each_event import each_by_itself, those_that_need
    from eventdesk.events.event import (
        CATEGORIES,
        EVENT,
        MAX_WAIT_MINUTES,
        Change,
        EventCard,
        EventDetail,
        EventState,
        EventView,
        Room,
        TeamEvent,
        Venue,
        Visibility,
        shifted,
    )
    from eventdesk.events.event_access import email_of, is_team, need_visible
    from eventdesk.events.event_notices import Notice, tell_listeners, tell_organizers
    from eventdesk.events.event_settings import EventChanges, change_event, checked_setting
    from eventdesk.events.event_states import (
        TEAM,
        Check,
        approve_event,
        cancel_event,
        event_checklist,
        publish_event,
        read_checklist,
        refuse_event,
        submit_event,
        withdraw_event,
    )
    from eventdesk.events.events import (
        MAX_QUERY,
        MAX_WORDS,
        PLACE,
        PLACE_END,
        NewEvent,
        all_events,
        changeable_event,
        create_event,
        event_detail,
        event_view,
        find_event,
        learn_event,
        list_events,
        places_taken,
        read_detail,
        words_anywhere,
    )
    from eventdesk.events.invitations import Invitation, Invited, invite, list_invitations, uninvite
    from eventdesk.events.opening_hour import (
        BY_LOT,
        BY_TIME,
        QueueSummary,
        Remaining,
        RequestState,
        RequestView,
        by_lot,
        lot,
        need_window,
        order_key,
        seed_key,
        seed_of,
    )
    from eventdesk.events.team_events import events_of, events_of_team, waiting_events
    from eventdesk.events.venues import (
        ROOM,
        VENUE,
        NewRoom,
        NewVenue,
        add_room,
        add_venue,
        change_room,
        change_venue,
        need_part,
        need_programme,
        read_rooms,
        read_venues,
        remove_room,
        remove_venue,
    )
else:
    __getattr__ = opened(__name__)
