"""Acts: how use cases are declared and run, and what they all need: permission, audit, notices."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.acts.act import (
        NOTICE_KINDS,
        Act,
        ReadingSteps,
        Steps,
        Telling,
        event_row,
        goes_by_mail,
        no_such_event,
    )
    from eventdesk.acts.actor import (
        APPROVAL_FOR,
        ERASED,
        GRANTABLE,
        PERMISSIONS,
        SUPERVISORS,
        SYSTEM,
        VISITOR,
        Actor,
        ActorKind,
        Approval,
        Asked,
        Once,
        Permission,
        Role,
    )
    from eventdesk.acts.audit import AuditReport, salt_audit, seal_audit, verify_audit
    from eventdesk.acts.audit_entries import ACTOR, Unreadable, read_entries, withhold
    from eventdesk.acts.catalogue import AREAS, Entry, all_verbs, entry_of
    from eventdesk.acts.changes import (
        ANYTHING,
        AT_THE_DOOR,
        BEFORE_THE_DAY,
        NOTHING,
        Changes,
        Position,
        Topic,
    )
    from eventdesk.acts.deadlines import (
        DUE,
        SOLD_TICKETS,
        booking_state,
        has_lapsed,
        is_sold,
        lapsed_offers,
        offer_holds,
        offer_lapsed,
        overdue,
        overdue_ids,
        overdue_tickets,
        past_deadline,
        takes_place,
        ticket_state,
    )
    from eventdesk.acts.hearers import called_off, device_goes, device_moves, ticket_type_goes
    from eventdesk.acts.named_files import EXPORTED, need_readable, place_for
    from eventdesk.acts.naming import nearest, the_one, the_one_named
    from eventdesk.acts.notices import (
        NOTICE_SIGNS,
        NoticeView,
        my_notices,
        read_notices,
        unread_notices,
    )
    from eventdesk.acts.old_calls import kept_call, thin_calls
    from eventdesk.acts.permission import granted_of, is_vouched_for, owner_of, role_at_event
    from eventdesk.acts.reach import Reach, only_there
    from eventdesk.acts.request import in_request, this_request
    from eventdesk.acts.store_clock import (
        YEARS,
        Clock,
        clock_now,
        may_end,
        trust_clock,
        watch_clock,
    )
    from eventdesk.acts.verbs import Kind, Verb, event_of, reads, reads_in_steps, steps, writes
else:
    __getattr__ = opened(__name__)
