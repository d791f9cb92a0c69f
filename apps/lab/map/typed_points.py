"""The points at which the terminal reports a message.

These are no hooks: the shop knows no terminal, and no fault strikes here.
"""

SENT, RECEIVED, SETTLED = "terminal.sent", "terminal.received", "terminal.settled"
POINTS = {
    SENT: "a line of the terminal has sent a message",
    RECEIVED: "a line of the terminal has received a message",
    SETTLED: "a line of the terminal has acknowledged or deleted a message",
}
JETSTREAM, SQS = "jetstream", "sqs"
