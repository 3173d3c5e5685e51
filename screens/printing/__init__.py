"""Printers and the badges that wait for them."""
