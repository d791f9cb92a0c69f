"""What goes with the shop if another part goes too, in lines that both of them change."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

_INSTEAD = "apps/start_project/parts/sample_shop/instead"

WITHOUT_ANSWERS: Cuts = {
    "orders_site/conf/worker_processes.py": (lines('"parcel_responder": 1,'),),
    "pyproject.toml": (words("what happened: OutOfStock", "what happened: UnknownParcel"),),
    f"{_INSTEAD}/deploy/nats.conf": (
        words("# Asks how far a parcel is, wakes the relay", "# Wakes the relay"),
        lines('"track.parcel",'),
        words(
            '{ # Only as a member of the group. It may answer … "_INBOX_parcel_responder.>"] } }'
        ),
        words("read the streams, try a responder, and have", "read the streams, and have"),
        words('"parcels.>", "track.parcel", "$SRV.>",', '"parcels.>",', times=2),
    ),
    "tests/deploy/test_rights_of_contracts.py": (
        unit("ON_CORE_NATS"),
        unit("test_a_subject_of_core_nats_is_for_its_writers_and_readers_alone"),
    ),
    f"{_INSTEAD}/deploy/terminal.bashrc": (block("nats request track.parcel"),),
    f"{_INSTEAD}/README.md": (
        words(
            "a messaging pattern: publish-subscribe, queue groups and request-reply on NATS",
            "a messaging pattern: publish-subscribe and queue\ngroups on NATS",
        ),
        words("API ── web ──(3) track.parcel──▶ parcel_responder", "API ── web"),
        block("| 3 | request-reply |"),
        words("how to add an event, a responder or a job", "how to add an event or a job"),
        words("an example of all six patterns", "an example of all patterns"),
    ),
    f"{_INSTEAD}/docs/index.md": (words("an event, a responder or a job", "an event or a job"),),
    f"{_INSTEAD}/CONTRIBUTING.md": (
        words(
            "| a job, a request with its answer | the classes in … `jobs.py`, `responders.py` |",
            "| a job | the class in `contract.py` of its app; what handles it in `jobs.py` |",
        ),
    ),
}

WITHOUT_LAB: Cuts = {
    "orders_site/conf/demo_defaults.py": (words('"MEDIA_STORAGE": "files", '),),
}
