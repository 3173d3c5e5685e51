"""Payments, cash drawers, invoices and other papers."""
