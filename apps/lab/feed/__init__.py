"""The feed: what happened to the last messages of all processes, in the memory of `web`.

Read `hops` first: each process reports a message at a hook as a hop, on core NATS, and some may be
lost. `shown_message` makes one shape of every kind of message; `feed` keeps the hops and wakes the
requests that wait for them; `figures` counts orders and measures their latency.
"""
