"""The terminal in the page: lines of `nats` and `aws`, run on the real brokers by our own clients.

It is no shell. `words` splits a line; `tool` has the shape of a table of commands, and reads a line
by it; `tools` has the two programs, and the files `*_table` have their commands. The functions that
these name stand in `aws_sqs` and the other files that begin with `nats`. `interpreter` runs one
line; `running` runs it in a thread, with limits, and passes on what it prints. Read `interpreter`
first.
"""
