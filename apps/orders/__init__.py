"""Orders: cart, checkout, order pages, JSON API, and the events of an order."""
