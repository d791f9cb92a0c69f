"""Request-reply, the answering side: `price.lookup`, `price.lookup.many` -> what we charge."""

from apps.messaging.request_reply.responder import answering
from apps.pricing.responders import pricing_service
from workers.runner import run

if __name__ == "__main__":
    run("price_responder", answering(pricing_service()))
