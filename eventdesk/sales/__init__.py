"""Ticket types, prices, discounts, questions and what is left."""
