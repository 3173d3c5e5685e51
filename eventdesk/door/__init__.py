"""Check-in lists, rules, scans, admissions and walk-ins."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.door.check_in_list import (
        CHECK_IN_LIST,
        ENTRY,
        MAX_MINUTES,
        QUESTIONS_HELP,
        UNPAID,
        CheckInList,
        Direction,
        EntryPolicy,
        GateView,
        ListKind,
        ListView,
        NewCheckInList,
        PrintPolicy,
        Question,
        Rule,
        RuleKind,
        UnpaidPolicy,
        all_left_at,
        as_new,
        checked,
        moved_rules,
        question_line,
        read_question_lines,
        sound_rule,
        ways,
    )
    from eventdesk.door.checkin import check_in, undo
    from eventdesk.door.find import (
        booking_tickets,
        find_tickets,
        guest_tickets,
        opens_elsewhere,
        ticket_view,
    )
    from eventdesk.door.following import (
        EPOCH,
        Acts,
        Following,
        ValidTickets,
        microseconds,
        newest_act,
        newest_scan,
        number,
        stored,
    )
    from eventdesk.door.gates import add_gate, list_gates, remove_gate, rename_gate
    from eventdesk.door.groups import (
        BookingGroup,
        Member,
        RestOfBooking,
        booking_group,
        check_in_group,
        rest_of_booking,
    )
    from eventdesk.door.known_guests import known_people
    from eventdesk.door.list_counts import ListCounts, counters
    from eventdesk.door.list_reading import list_at_door, unpaid_policy
    from eventdesk.door.lists import (
        DoorSetup,
        add_check_in_list,
        change_check_in_list,
        door_setup,
        find_list,
        list_check_in_lists,
        remove_check_in_list,
        try_rule,
        verdict_told,
    )
    from eventdesk.door.reprints import reprint
    from eventdesk.door.scan import (
        WORDING,
        CheckInResult,
        Counters,
        Outcome,
        Scan,
        ScanSource,
        ScanView,
        Tone,
        said,
    )
    from eventdesk.door.scan_log import answers_told, recent_scans, scans_of
    from eventdesk.door.staff_pin import check_staff_pin, set_staff_pin
    from eventdesk.door.walk_in import DoorOffer, KnownPerson, Sold, WalkIn
    from eventdesk.door.walk_ins import door_offers, sell_at_door
else:
    __getattr__ = opened(__name__)
