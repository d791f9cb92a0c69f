"""Prices over request-reply: `client` asks, `responders` answers, both by the same `contract`.

This app has no tables: the catalogue owns the prices, and responders hold them in memory.
"""
