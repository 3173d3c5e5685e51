"""PayPal: orders that people approve on its page, captured here, and refunds."""
