"""Recovery: what was given up or lost is found, sent again, or read again.

`collector` makes dead letters of what the brokers gave up by themselves. `redrive` sends a dead
letter out again, `resend` what a stream has lost. `replay` reads a stream again for a projection.
Read `redrive` first.
"""
