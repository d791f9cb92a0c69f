"""What request-reply has in the example: a question about a parcel, and who answers it."""

from apps.start_project.parts.cuts import lines, unit, words

EXAMPLE = {
    "docs/example/apps/parcels/__init__.py": (
        words(
            "its consumer, a job, and a request with its answer. Read `services` first, then "
            "`handlers`, `jobs` and `responders`.",
            "its consumer, and a job. Read `services` first, then `handlers` and\n`jobs`.",
        ),
    ),
    "docs/example/apps/parcels/contract.py": (
        words(
            "The job for a parcel, and the question about one with its answer.",
            "The job for a parcel, and how far one is.",
        ),
        words("import job, request_reply", "import job"),
        unit("SUBJECT"),
        unit("GROUP"),
        unit("UNKNOWN_PARCEL"),
        unit("ParcelQuery"),
        words("*request_reply( … ),"),
    ),
    "docs/example/apps/parcels/api.py": (
        lines("from apps.parcels.client import track"),
        lines(
            "from apps.parcels.models import Parcel",
            "from apps.parcels.models import Parcel\nfrom apps.parcels.queries import state_of",
        ),
        lines("return track(id)", "return state_of(id)"),
    ),
    "docs/example/tests/parcels/test_api.py": (
        lines("from apps.messaging.request_reply.responder import answering"),
        lines("from apps.parcels.responders import SERVICE"),
        lines('running(answering(SERVICE), name="parcel_responder"),'),
        words(
            "is_not_found(nats_server: NatsServer, client: Client)",
            "is_not_found(client: Client)",
        ),
        lines(
            'with running(answering(SERVICE), name="parcel_responder"):\n'
            'assert client.get("/api/parcels/7").status_code == 404',
            'assert client.get("/api/parcels/7").status_code == 404',
        ),
        unit("test_without_a_responder_the_answer_says_that_it_will_pass"),
    ),
}
