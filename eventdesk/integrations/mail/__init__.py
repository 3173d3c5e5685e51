"""Mail: letters as RFC 5322 has them, and a line to the server that takes them (RFC 5321)."""
