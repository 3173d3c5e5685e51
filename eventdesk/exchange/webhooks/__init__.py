"""Webhooks: what the audit and the door wrote down, queued for programs elsewhere and told them."""
