"""Request-reply on core NATS: a request, and an answer within a time limit or a named error.

A missing responder is an error at once. Do not use it for work that must be done later: record a
job for that. `client` is the asking side, `responder` the answering one, `warm_cache` a responder's
copy of the data for its answers. Read `client` first.

It promises no effect: a request may be lost, or be handled twice.
"""

from apps.messaging.request_reply.client import ask, ask_all

__all__ = ["ask", "ask_all"]
