"""Badge layouts, deliveries and printers."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.printing.badge_batch import (
        ORDERS,
        SHEETS_A_PART,
        Batch,
        BatchDone,
        BatchPreview,
        Order,
        Wanted,
    )
    from eventdesk.printing.badge_batches import (
        CUPS,
        drop_badges,
        list_batches,
        plan_badges,
        preview_badges,
        print_badges,
        reprint_sheets,
        settle_sheets,
    )
    from eventdesk.printing.badge_holds import (
        badge_picture,
        correct_badge,
        hold_badge,
        may_correct_badges,
        release_badge,
    )
    from eventdesk.printing.badge_layouts import (
        BadgeSettings,
        LayoutView,
        OpenLayout,
        add_logo,
        all_layouts,
        badge_settings,
        delete_layout,
        duplicate_layout,
        missing_logos,
        open_layout,
        print_sample,
        printers_to_try,
        rename_layout,
        sample_badge,
        sample_tickets,
        save_layout,
        set_badges,
        undo_layout,
    )
    from eventdesk.printing.badge_places import (
        badge_place,
        badge_queue,
        badges_here,
        badges_waiting,
        count_out,
    )
    from eventdesk.printing.deliveries import (
        FOLLOWED_FOR,
        LAST_RETRY,
        LEASE,
        REPEATED,
        STUCK_AFTER,
        BadgeJob,
        BadgeOut,
        Lease,
        badges_due,
        claim_badges,
        confirm_badges,
        forget_job,
        forget_unclaimed,
        give_up_badge,
        pass_on_badge,
        retry_badge,
        return_badges,
        sent_jobs,
        settle_job,
        take_back_job,
    )
    from eventdesk.printing.device_printers import plug_in_printer
    from eventdesk.printing.layout_files import SentLayout, folder_of, path_of
    from eventdesk.printing.link_slips import is_slip_of, print_booking_link
    from eventdesk.printing.printed_files import (
        Kept,
        delete_files,
        files_of_badge,
        forget_files,
        thin_badges,
    )
    from eventdesk.printing.printer import (
        LABELS_WARN,
        BadgePlace,
        BadgeQueue,
        NewPrinter,
        PrinterBadge,
        PrinterView,
        Trial,
        health_words,
    )
    from eventdesk.printing.printer_leases import (
        Driven,
        name_of_program,
        note_health,
        release_printers,
        take_printers,
    )
    from eventdesk.printing.printer_routes import PrinterFacts
    from eventdesk.printing.printers import (
        add_printer,
        assign,
        change_printer,
        enable_printer,
        find_printer,
        layout_version,
        list_printers,
        move_printer,
        open_set_up,
        print_test,
        remove_printer,
        reset_labels,
        search_printers,
        try_printer,
    )
    from eventdesk.printing.ticket_badges import badge_preview, ticket_badge
    from eventdesk.printing.undelivered import (
        FailedDelivery,
        cancel_badge,
        list_failed,
        move_badge,
        printer_badges,
        retry_badge_now,
        retry_delivery,
        retry_failed,
    )
else:
    __getattr__ = opened(__name__)
