"""What SQS has in the tests of handling, the outbox and recovery."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_HANDLING: Cuts = {
    "tests/messaging/handling/test_attempts.py": (
        unit("test_two_jobs_with_one_id_have_their_own_attempts"),
    ),
    "tests/messaging/handling/test_database.py": (
        unit("job"),
        words(
            '@pytest.mark.parametrize("deliver", [event, job]) def '
            "test_a_busy_row_is_retried_and_counts_no_failure(deliver: Callable[[], Verdict])",
            "def test_a_busy_row_is_retried_and_counts_no_failure()",
        ),
        words("assert isinstance(deliver(), Retry)", "assert isinstance(event(), Retry)"),
        words("assert not isinstance(deliver(), Retry)", "assert not isinstance(event(), Retry)"),
        unit("test_an_idle_transaction_of_a_job_counts_no_failure"),
    ),
    "tests/messaging/handling/test_dead_letter_identity.py": (
        unit("test_jobs_sharing_an_id_are_separate_dead_letters"),
    ),
    "tests/messaging/handling/test_dead_letters.py": (
        words('transport="sqs"', 'transport="queue_group"'),
        lines('"queue_group": 0,\n"sqs": 1,', '"queue_group": 1,'),
    ),
    "tests/messaging/handling/test_watchdog.py": (
        unit("test_a_job_whose_handler_exits_is_dead_lettered"),
        unit("test_a_hanging_job_is_dead_lettered_and_its_neighbour_finishes"),
    ),
    "tests/messaging/support/hanging_worker.py": (
        unit("wash"),
        unit("never_answer"),
        unit("relay_with_a_hanging_lane"),
        unit("collect_with_a_hanging_queue"),
        block('"jobs": working('),
        lines('"lane": relay_with_a_hanging_lane,\n"queue": collect_with_a_hanging_queue,'),
    ),
    "tests/messaging/management/test_dead_letters.py": (
        words('transport="sqs"', 'transport="queue_group"'),
        words('"--transport", "sqs"', '"--transport", "queue_group"'),
    ),
    "tests/messaging/management/test_provision.py": (
        unit("NO_SUCH_NAME"),
        unit("test_a_queue_that_cannot_be_created_blocks_no_other"),
        unit("test_queues_are_created_while_nats_is_away"),
    ),
}

_OUTBOX: Cuts = {
    "tests/messaging/outbox/test_claims.py": (
        unit("test_each_transport_claims_its_own_rows"),
        unit("test_jobs_are_marked_without_a_sequence"),
    ),
    "tests/messaging/outbox/test_one_name_for_each_transport.py": (
        words('{"tea": "nats", "cup": "sqs"}', '{"tea": "nats"}', times=2),
        words('{"tea": "jetstream", "cup": "sqs"}', '{"tea": "jetstream"}', times=2),
    ),
    "tests/messaging/outbox/test_recording.py": (unit("test_a_job_is_recorded_for_its_queue"),),
    "tests/messaging/outbox/test_relay_loops.py": (
        words("; SQS is away all the time, which must not matter."),
        unit("test_waiting_jobs_block_no_event_while_sqs_is_away"),
    ),
    "tests/messaging/recovery/test_redrive.py": (
        unit("test_a_job_goes_to_its_queue_with_the_same_attributes"),
    ),
    "tests/messaging/recovery/test_collector.py": (
        *map(
            unit,
            (
                "test_a_job_in_the_dead_letter_queue_becomes_a_dead_letter",
                "test_a_queue_that_moto_lost_is_created_again",
                "lose_the_queue",
                "lose_the_policy",
                "test_a_queue_that_was_made_by_half_is_completed",
                "test_a_queue_that_may_not_be_seen_is_taken_as_whole",
                "test_a_job_that_crashes_its_worker_reaches_the_dead_letter_queue",
            ),
        ),
        words("sqs_server: MotoServer, settings: Settings, caplog", "caplog"),
        words(
            "settings.SQS_VISIBILITY_TIMEOUT = 1 … job_queue.provision(CUPS) publish(server)",
            "publish(server)",
        ),
        lines(
            "job_queue.send_batch([make_outgoing(queue=CUPS.dead_letter_name)])\n"
            'eventually(lambda: pauses(caplog) == 2, what="both sources wait for the database")',
            'eventually(lambda: pauses(caplog) == 1, what="it waits for the database")',
        ),
        words("DeadLetter.objects.count() == 2", "DeadLetter.objects.count() == 1"),
        lines("DeadLetter.Transport.SQS: CUPS.max_receive_count,"),
        lines("assert not receipts.receive(CUPS.dead_letter_name, at_most=1, wait_seconds=2)"),
    ),
}

MESSAGING_TESTS: Cuts = joined(_HANDLING, _OUTBOX)
