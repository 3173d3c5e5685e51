"""The screens of one booking."""
