"""Request-reply, the answering side: `track.parcel` -> how far a parcel is."""

from apps.messaging.request_reply.responder import answering
from apps.parcels.responders import SERVICE
from workers.runner import run

if __name__ == "__main__":
    run("parcel_responder", answering(SERVICE))
