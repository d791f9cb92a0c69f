"""Handling: one attempt at a message of any broker, and its result.

The message is acknowledged, retried later, or stored as a dead letter with its reason. An attempt
counts only if the handler failed, not if the database was away. Read `judging` first; it returns
one of `verdicts`. `attempts` counts failures, `dead_letters` stores messages that were given up,
and `watchdog` ends a process whose handler hangs.

Do not use it in a handler: a handler raises an error, and `judging` decides.
"""
