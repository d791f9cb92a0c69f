"""Prices over request-reply, both ends: `client` asks, `responders` answers, `contract` is between.

It keeps no tables: the catalogue owns the prices, responders hold them in memory.
"""
