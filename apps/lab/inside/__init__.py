"""What is hidden inside the brokers, for one page: cursors, timers, and who takes how many.

`stream_log` has the stream with the cursor of each durable, `queue_view` the queues, `members` the
processes that share work. The counts are the brokers' own; `unsettled` adds single messages with
their timers from the hops, of which some may be lost. Read `stream_log` first.
"""
