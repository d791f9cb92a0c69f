"""What every worker process stands on: lifecycle, heartbeat, threads and time limits.

A loop says that it is ready and that it makes progress; the process ends in order on SIGTERM.
`lifecycle` comes first, then `heartbeat`; `threads` and `concurrency` run blocking work beside the
event loop, `time_limits` and `bounded_wait` end what takes too long, `outage` logs what lasts once.
"""
