"""The workers as processes: their true state, and what a visitor does to them.

`supervisor` asks the supervisor of `make demo`, which alone starts and stops processes. `workers`
puts together what it says and what the processes say themselves. In compose there is none:
`compose` has the lines for a terminal.
"""
