"""Stripe: pages where people pay by card and much else, and refunds."""
