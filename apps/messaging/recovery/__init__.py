"""Recovery: messages that were given up or lost are found, sent again, or read again.

`collector` makes dead letters of messages that the brokers gave up. `redrive` sends a dead letter
again, `resend` events that a stream has lost, which `stream_losses` counts. `replay` reads a stream
again for a projection.

A message that is sent again keeps its id, so that its effect still happens once. Do not use it to
retry: consumers and workers do that by themselves. Read `redrive` first.
"""
