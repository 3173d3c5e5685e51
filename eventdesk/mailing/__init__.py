"""Mails: queued for what people are told, composed in their language, taken to the mail service."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.mailing.announcing import mail_announcements
    from eventdesk.mailing.bouncing import hear_bounces, read_bounces
    from eventdesk.mailing.holding import pause_announcement, resume_announcement, stop_announcement
    from eventdesk.mailing.mails import (
        STATES,
        MailView,
        delivery_words,
        last_mail,
        list_mails,
        send_mail_again,
    )
    from eventdesk.mailing.sender import BULK_MAILS, LINKS, MAILS
    from eventdesk.mailing.stops import STOP_PLACE, stop_mail
    from eventdesk.mailing.texts import (
        MailLook,
        MailText,
        change_mail_text,
        list_mail_texts,
        preview_mail,
        reset_mail_text,
        try_mail,
    )
    from eventdesk.mailing.wording import MAX_SUBJECT, MAX_TEXT, MailKind, Wording, names_in_words
else:
    __getattr__ = opened(__name__)
