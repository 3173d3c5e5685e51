"""Accounts: who can sign in, as whom, what they tell about themselves, and how it goes away."""
