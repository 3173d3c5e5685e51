"""Accounts: sign-up, sign-in, secrets, roles in teams, approvals by PIN, profiles and bans."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.accounts.api_tokens import (
        NOTED_EVERY,
        ApiToken,
        NewToken,
        bearer,
        end_token,
        make_token,
        my_tokens,
        note_token_used,
    )
    from eventdesk.accounts.app_sessions import (
        AppSession,
        NewAppSession,
        end_app_session,
        end_app_session_by,
        end_this_app_session,
        my_app_sessions,
        renew_app_session,
        start_app_session,
        who_has_app_session,
    )
    from eventdesk.accounts.approvals import Word, approve, has_desk_pins, need_word, set_desk_pin
    from eventdesk.accounts.bans import (
        ban,
        end_admin,
        make_admin,
        need_other_admin,
        restore_account,
    )
    from eventdesk.accounts.begun_sign_in import BEGUN_FOR
    from eventdesk.accounts.credential import check_pin, hash_secret, rehashed, verify_secret
    from eventdesk.accounts.devices import (
        A_DESK,
        DEVICE_ROLES,
        DEVICE_SECRET,
        OFFERED_FOR,
        DeviceCount,
        DeviceProfile,
        DeviceRole,
        DeviceView,
        NewDevice,
        PairingOffer,
        change_device,
        count_all_devices,
        count_devices,
        end_phone,
        forget_devices,
        its_door,
        list_devices,
        need_its_door,
        note_devices_seen,
        offer_pairing,
        offer_phone,
        pair_device,
        revoke_device,
        this_device,
        who_is_device,
    )
    from eventdesk.accounts.elsewhere import (
        AWAY,
        BACK,
        Arrival,
        Arrived,
        DeviceOffer,
        Link,
        WayElsewhere,
        arrival,
        ask_device,
        come_back,
        end_link,
        link_elsewhere,
        my_links,
        offer_device,
        set_out,
        sign_in_elsewhere,
        start_session_elsewhere,
        ways_elsewhere,
    )
    from eventdesk.accounts.everywhere import sign_out_everywhere
    from eventdesk.accounts.passkey_proof import ALGORITHMS, NewPasskey, PasskeyProof
    from eventdesk.accounts.passkeys import (
        ANSWERED_WITHIN,
        Challenge,
        Passkey,
        add_passkey,
        ask_passkey,
        begin_passkey,
        end_passkey,
        has_passkey,
        is_host_for_passkeys,
        my_passkeys,
        remove_passkeys,
        start_passkey_session,
    )
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
        Greeting,
        Profile,
        ProfileView,
        change_profile,
        greeting,
        need_own,
        profile,
    )
    from eventdesk.accounts.resets import (
        CODE_LIFE,
        ask_for_code,
        change_secret,
        kind_of,
        mailed_code,
        make_code,
        set_secret,
    )
    from eventdesk.accounts.second_step import (
        NewSecondStep,
        SecondStep,
        begin_second_step,
        confirm_second_step,
        end_second_step,
        my_second_step,
        reset_second_step,
    )
    from eventdesk.accounts.signing_in import (
        at_event,
        event_roles,
        held_by_role,
        may_organize,
        sign_in,
        verify,
        who_am_i,
    )
    from eventdesk.accounts.signing_up import (
        account_with,
        add_account,
        check_secret,
        create_first_admin,
        name_of,
        needs_first_account,
        sign_up,
    )
    from eventdesk.accounts.team import (
        MAY,
        NEWS,
        TEAM_ROLES,
        TeamMember,
        TeamNews,
        add_member,
        change_member,
        list_team,
        may_words,
        remove_member,
        renew_code,
        team_news,
        transfer_event,
    )
    from eventdesk.accounts.web_sessions import (
        LONGEST,
        NewWebSession,
        WebSession,
        end_this_session,
        end_web_session,
        go_on_web_session,
        my_web_sessions,
        note_session_used,
        start_web_session,
        who_has_session,
    )
    from eventdesk.accounts.words import (
        METHOD_WORDS,
        NOTICE_WORDS,
        PROFILE_FACTS,
        SIGN_UP_KINDS,
        TOKEN_USES,
        short_browser,
    )
    from eventdesk.accounts.wrong_tries import (
        MAX_EMAIL,
        address_of,
        charge,
        forgive,
        forgive_all,
        refund,
        subject_of,
        thin_wrong_tries,
    )
else:
    __getattr__ = opened(__name__)
