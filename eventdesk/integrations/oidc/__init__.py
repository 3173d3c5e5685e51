"""Sign-in by a provider elsewhere: OpenID Connect, and GitHub by OAuth2 alone."""
