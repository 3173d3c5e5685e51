"""Events and their states, venues, invitations and announcements."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.events.announcement import (
        AUDIENCE_WORDS,
        CHOSEN,
        MAX_TEXT,
        MAX_TITLE,
        AnnouncementHold,
        AnnouncementView,
        Audience,
        NewAnnouncement,
        ToldView,
    )
    from eventdesk.events.announcements import (
        announcement_reach,
        hand_out,
        list_announcements,
        list_told,
        send_announcement,
        tickets_of_audience,
    )
    from eventdesk.events.each_event import each_by_itself, those_that_need
    from eventdesk.events.event import (
        CATEGORIES,
        EVENT,
        MAX_WAIT_MINUTES,
        MIN_ACCESS_CODE,
        REMINDER_WORDS,
        Change,
        EventCard,
        EventDetail,
        EventState,
        EventView,
        Reminders,
        Room,
        TeamEvent,
        Venue,
        Visibility,
        event_state,
        shifted,
    )
    from eventdesk.events.event_access import (
        closed_at,
        email_of,
        is_team,
        need_guests_book,
        need_not_closed,
        need_visible,
    )
    from eventdesk.events.event_changes import EventChanges, changes_of
    from eventdesk.events.event_notices import Notice, tell_listeners, tell_organizers
    from eventdesk.events.event_settings import change_event, checked_setting
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
        event_calendar,
        event_detail,
        event_view,
        every_event,
        find_event,
        learn_event,
        list_events,
        places_taken,
        read_detail,
        words_anywhere,
    )
    from eventdesk.events.in_calendars import CalendarChange, calendar_changes
    from eventdesk.events.invitations import (
        TOLD_LATER,
        Invitation,
        Invited,
        invite,
        list_invitations,
        uninvite,
    )
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
        of_the_hour,
        order_key,
        seed_key,
        seed_of,
    )
    from eventdesk.events.presence import by_a_door
    from eventdesk.events.team_events import (
        events_of,
        events_of_team,
        events_to_issue_for,
        next_of_team,
        waiting_events,
    )
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
    from eventdesk.events.who_hears import FOR_ALL, Hearing, hearing
else:
    __getattr__ = opened(__name__)
