"""The common base of all worker processes: lifecycle, heartbeat, threads and time limits.

A loop reports that it is ready and that it makes progress; the process ends in order on SIGTERM.
Read `lifecycle` first, then `heartbeat`. `threads` and `concurrency` run blocking work beside the
event loop, `time_limits` and `bounded_wait` limit its time, `outage` logs an outage once.

Do not use it for requests of `web` or tasks of Celery: they have lifecycles of their own, and use
only `heartbeat`, `threads` and `time_limits` from here.
"""
