"""Ledger, payments, refunds, vouchers, invoices, bank statements and cash drawers."""
