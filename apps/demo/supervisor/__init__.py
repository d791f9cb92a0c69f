"""The supervisor: starts all processes of the demo, restarts those that die, stops them in order.

Read `supervising` first: one thread around one selector. `process` is one process and its
restarts, `launch` forks it or spawns it, `output` is the common log. `programs` and `servers` say
what the demo runs. `control` is a socket, at which `workers_by_hand` does what a person asks for.
"""
