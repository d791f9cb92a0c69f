"""The common base of all worker processes: lifecycle, heartbeat, threads and time limits.

A loop reports that it is ready and that it makes progress; the process ends in order on SIGTERM.
Read `lifecycle` first, then `heartbeat`. `threads` has three ways to run a blocking call beside the
event loop: `in_thread` for one that lasts or may hang, `in_pool` for a short step that needs the
database, `KeptThreads` for one that does both. `concurrency` limits how many run at once,
`time_limits` and `bounded_wait` limit their time, and `outage` logs an outage once.

Do not use it for requests of `web` or tasks of Celery: they have lifecycles of their own, and use
only `heartbeat`, `threads` and `time_limits` from here.
"""
