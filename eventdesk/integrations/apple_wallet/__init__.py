"""Tickets for Apple Wallet."""
