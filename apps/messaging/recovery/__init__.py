"""Recovery: messages that were given up or lost are found, sent again, or read again.

`collector` makes dead letters of messages that the brokers gave up. `redrive` sends a dead letter
again, `resend` events that a stream has lost. `replay` reads a stream again for a projection.
Read `redrive` first.
"""
