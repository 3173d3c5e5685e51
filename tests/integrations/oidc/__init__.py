"""Providers of sign-ins: one of ours that lies, and npm oidc-provider."""
