"""Accounts: sign-up, sign-in, secrets, roles in teams, approvals by PIN, profiles and bans."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.accounts.approvals import Word, approve, has_desk_pins, need_word, set_desk_pin
    from eventdesk.accounts.bans import (
        ban,
        end_admin,
        make_admin,
        need_other_admin,
        restore_account,
    )
    from eventdesk.accounts.credential import check_pin, hash_secret, rehashed, verify_secret
    from eventdesk.accounts.people import (
        ERASED_LAST,
        Added,
        Person,
        find_people,
        make_account,
        person,
    )
    from eventdesk.accounts.profiles import (
        PAYMENT_METHODS,
        SILENCEABLE,
        Profile,
        ProfileView,
        change_profile,
        need_own,
        profile,
    )
    from eventdesk.accounts.resets import ask_for_code, change_secret, make_code, set_secret
    from eventdesk.accounts.signing_in import (
        at_event,
        event_roles,
        held_by_role,
        may_organize,
        sign_in,
        standing,
        verify,
    )
    from eventdesk.accounts.signing_up import (
        account_with,
        add_account,
        create_first_admin,
        needs_first_account,
        sign_up,
    )
    from eventdesk.accounts.team import (
        TEAM_ROLES,
        TeamMember,
        add_member,
        change_member,
        list_team,
        remove_member,
        transfer_event,
    )
    from eventdesk.accounts.wrong_tries import MAX_EMAIL, charge, forgive, refund, subject_of
else:
    __getattr__ = opened(__name__)
