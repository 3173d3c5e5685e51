"""Tickets for Google Wallet."""
