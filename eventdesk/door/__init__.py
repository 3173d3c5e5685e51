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
        DoorQuestion,
        EntryPolicy,
        GateView,
        ListKind,
        ListView,
        NewCheckInList,
        PrintPolicy,
        Rule,
        RuleKind,
        UnpaidPolicy,
        all_left_at,
        as_new,
        checked,
        moved_rules,
        moved_tells,
        question_line,
        read_question_lines,
        sound_rule,
        ways,
    )
    from eventdesk.door.checkin import check_in, undo
    from eventdesk.door.event_parts import event_loose_ends, read_loose_ends
    from eventdesk.door.find import (
        booking_tickets,
        find_tickets,
        guest_tickets,
        opens_elsewhere,
        ticket_view,
    )
    from eventdesk.door.following import (
        EPOCH,
        UNDO,
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
    from eventdesk.door.guest import Guest, age_on, guest_at
    from eventdesk.door.known_guests import known_people
    from eventdesk.door.list_counts import ListCounts, counters
    from eventdesk.door.list_reading import list_at_door
    from eventdesk.door.lists import (
        DoorSetup,
        add_check_in_list,
        change_check_in_list,
        doors_of_event,
        find_list,
        list_check_in_lists,
        remove_check_in_list,
        try_rule,
        unpaid_policy,
        verdict_told,
    )
    from eventdesk.door.loose_ends import LooseEnd
    from eventdesk.door.own_badges import print_own_badge
    from eventdesk.door.own_reader import keep_reader_here, reader_here
    from eventdesk.door.phone_conflicts import (
        USUAL_FINDINGS,
        OfflineConflict,
        Passing,
        offline_conflicts,
        read_conflict,
        settle_conflict,
    )
    from eventdesk.door.phone_list import (
        NEEDS_HUB,
        OfflineList,
        OfflineTerms,
        offline_list,
        offline_terms,
    )
    from eventdesk.door.phone_scans import Delivered, OfflineScan, Taken, deliver_offline_scans
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
    from eventdesk.door.scan_log import (
        ForgedScans,
        answers_told,
        count_conflicts,
        forged_scans,
        outcomes_after,
        recent_scans,
        scan_answer,
        scans_of,
    )
    from eventdesk.door.staff_pin import check_staff_pin, set_staff_pin
    from eventdesk.door.walk_in import DoorOffer, KnownPerson, Sold, WalkIn
    from eventdesk.door.walk_ins import door_offers, give_up_sale, sell_at_door
    from eventdesk.door.workplaces import (
        EventDoor,
        LastPlace,
        Turn,
        event_doors,
        keep_last_place,
        last_place,
        turn_of,
    )
else:
    __getattr__ = opened(__name__)
