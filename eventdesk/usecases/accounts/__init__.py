"""Accounts: who can sign in, as whom, what they tell about themselves, and how it goes away."""

from eventdesk.usecases.accounts.bans import ban, end_admin, make_admin, restore_account
from eventdesk.usecases.accounts.door_pins import (
    CODE_MEMORY,
    booking_tickets,
    check_staff_pin,
    guest_tickets,
    set_staff_pin,
)
from eventdesk.usecases.accounts.erasure import Erased, erase_account
from eventdesk.usecases.accounts.guests import GuestData, erase_guest, export_guest, guest_data
from eventdesk.usecases.accounts.inviting import Added, make_account
from eventdesk.usecases.accounts.making import (
    SecretKind,
    add_account,
    create_first_admin,
    needs_first_account,
    sign_up,
)
from eventdesk.usecases.accounts.members import TEAM_ROLES, TeamMember, list_team
from eventdesk.usecases.accounts.people import Person, find_people, person
from eventdesk.usecases.accounts.personal_data import (
    PersonalData,
    export_personal_data,
    personal_data,
)
from eventdesk.usecases.accounts.profiles import (
    PAYMENT_METHODS,
    SILENCEABLE,
    Profile,
    ProfileView,
    change_profile,
    profile,
)
from eventdesk.usecases.accounts.resets import (
    ask_for_code,
    change_secret,
    make_code,
    set_secret,
)
from eventdesk.usecases.accounts.signing_in import (
    at_event,
    events_of,
    may_organize,
    sign_in,
    standing,
)
from eventdesk.usecases.accounts.team import (
    add_member,
    change_member,
    remove_member,
    transfer_event,
)
from eventdesk.usecases.accounts.tries import MAX_EMAIL

__all__ = [
    "CODE_MEMORY",
    "MAX_EMAIL",
    "PAYMENT_METHODS",
    "SILENCEABLE",
    "TEAM_ROLES",
    "Added",
    "Erased",
    "GuestData",
    "Person",
    "PersonalData",
    "Profile",
    "ProfileView",
    "SecretKind",
    "TeamMember",
    "add_account",
    "add_member",
    "ask_for_code",
    "at_event",
    "ban",
    "booking_tickets",
    "change_member",
    "change_profile",
    "change_secret",
    "check_staff_pin",
    "create_first_admin",
    "end_admin",
    "erase_account",
    "erase_guest",
    "events_of",
    "export_guest",
    "export_personal_data",
    "find_people",
    "guest_data",
    "guest_tickets",
    "list_team",
    "make_account",
    "make_admin",
    "make_code",
    "may_organize",
    "needs_first_account",
    "person",
    "personal_data",
    "profile",
    "remove_member",
    "restore_account",
    "set_secret",
    "set_staff_pin",
    "sign_in",
    "sign_up",
    "standing",
    "transfer_event",
]
