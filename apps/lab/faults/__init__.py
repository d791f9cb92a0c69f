"""Faults: messages are lost, delayed or fail on purpose, at the hooks of every process.

A fault is a row of one table. Read `fault_cache` first: each process has a copy of the table, and
breaks a message at a hook where a row says so. `known_faults` lists those that the pages offer.
"""
