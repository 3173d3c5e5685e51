"""Receipts, invoices and credit notes: plain values, and how they look as text and as PDF."""
