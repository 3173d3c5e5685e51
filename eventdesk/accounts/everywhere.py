"""Signing out everywhere: every browser and app of a person at once."""

from eventdesk.accounts.app_sessions import end_app_sessions
from eventdesk.accounts.web_sessions import end_web_sessions
from eventdesk.acts import Act, Permission, writes


@writes(Permission.ATTEND)
def sign_out_everywhere(act: Act) -> None:
    """End every sign-in of browsers and apps of who asks, this one too; tokens stay."""
    who = act.need(None, Permission.ATTEND)
    assert who.id is not None
    end_web_sessions(act, who.id)
    end_app_sessions(act, who.id)
    act.record("sign_out_everywhere", ("account", who.id))
