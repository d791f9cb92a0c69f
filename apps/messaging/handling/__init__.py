"""Handling: one attempt at a message of any broker, and what becomes of the message then.

It is acknowledged, tried again later, or kept as a dead letter with its reason. An attempt counts
only if the handler failed, not if the database was away. `judging` comes first; it returns one of
`verdicts`. `attempts` counts, `dead_letters` keeps, `watchdog` ends a process whose handler hangs.
"""
