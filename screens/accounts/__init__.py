"""Signing in, the home screen, a person's profile and notices."""
