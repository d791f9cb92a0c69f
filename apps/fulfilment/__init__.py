"""Fulfilment: reserves the stock of an order when it hears of it, and gives it back."""
