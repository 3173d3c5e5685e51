"""Ledger, payments, refunds, vouchers, invoices, bank statements and cash drawers."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.money.at_readers import card_readers, follow_at_reader, start_at_reader
    from eventdesk.money.booking_balances import (
        balance,
        balances,
        booking_row,
        need_currency,
        need_taking_place,
        paid_parts,
        settle,
    )
    from eventdesk.money.coins import MAX_PIECES, denominations
    from eventdesk.money.commissions import set_commission, set_usual_commission, usual_commission
    from eventdesk.money.drawer import (
        KIND_WORDS,
        Counted,
        HandOver,
        Movement,
        MovementKind,
        ShiftView,
        Successor,
    )
    from eventdesk.money.drawers import (
        MOVEMENTS,
        SHIFTS,
        TEAM,
        close_shift,
        count,
        counter,
        drawer_of_payments,
        find_shift,
        hand_over,
        list_movements,
        list_shifts,
        move,
        movement_view,
        need_shift,
        open_shift,
        open_shift_of,
        shift_view,
        successors,
    )
    from eventdesk.money.event_accounts import (
        CreditView,
        EventMoney,
        agreement,
        cash_agreement,
        count_owed,
        event_money,
        list_credits,
    )
    from eventdesk.money.gateway_notices import unknown_notices
    from eventdesk.money.gateways import (
        BACK_TO,
        PAY_AT,
        TEST_DESK,
        answer_test_payment,
        ask_payment,
        hear_notice,
        page_of_payment,
        poll_gateways,
        start_payment,
    )
    from eventdesk.money.invoices import (
        DocumentView,
        correct_invoice,
        document_file,
        documents_of,
        export_document,
        find_document,
        issue_invoice,
        issue_receipt,
        list_documents,
        read_document,
    )
    from eventdesk.money.ledger import (
        CANCELLATION_FEES,
        FEES,
        REVENUE,
        TAX,
        Sides,
        parts_of,
        post_sales,
        sync_sale,
        sync_sales,
    )
    from eventdesk.money.ledger_checks import ledger_problems, verify_ledger
    from eventdesk.money.opening import open_books
    from eventdesk.money.payment_ways import Way, WaysToPay, ways_to_pay
    from eventdesk.money.payments import (
        AT_THE_DESK,
        MAX_REFERENCE,
        BookingMoney,
        PaymentView,
        add_payment,
        let_off,
        list_payments,
        note_paid,
        payments_of,
        take_payment,
    )
    from eventdesk.money.provider_fees import (
        OUTCOME_WORDS,
        FeeLine,
        FeeOutcome,
        FeeReport,
        NotPaidOut,
        Payout,
        import_provider_fees,
        preview_provider_fees,
    )
    from eventdesk.money.provider_files import PROVIDERS_OF_FEES
    from eventdesk.money.refunds import (
        RefundView,
        hand_out_refund,
        list_refunds,
        mark_refunded,
        mark_superseded,
        refund,
        refund_due,
        refund_rows,
        retry_refund,
    )
    from eventdesk.money.reverse_charge import is_reverse_charged
    from eventdesk.money.statements import (
        Match,
        StatementLine,
        StatementReport,
        assign_line,
        import_statement,
        list_statement_lines,
        preview_statement,
        set_line_aside,
    )
    from eventdesk.money.vouchers import (
        VoucherView,
        add_vouchers,
        cancel_voucher,
        list_vouchers,
        voucher_to_spend,
    )
else:
    __getattr__ = opened(__name__)
