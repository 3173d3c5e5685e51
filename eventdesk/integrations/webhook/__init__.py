"""Webhooks: events of the house posted to a program elsewhere, signed by Standard Webhooks."""
