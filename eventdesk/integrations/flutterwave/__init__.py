"""Flutterwave: links to a page where people pay by card, bank or mobile money, and refunds."""
