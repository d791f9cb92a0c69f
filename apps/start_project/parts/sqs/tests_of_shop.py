"""What SQS has in the tests of the shop that stay."""

from apps.start_project.parts.cuts import lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_IMAGES: Cuts = {
    "tests/images/test_hostile_pictures.py": (
        unit("is_dead_lettered"),
        unit("test_a_url_in_a_job_is_not_fetched"),
        unit("test_a_defect_found_while_decoding_is_dead_lettered_with_the_reason"),
        unit("test_long_work_is_dead_lettered_with_the_reason"),
    ),
    "tests/images/test_s3.py": (words("http://sqs:5000", "http://s3:5000", times=2),),
    "tests/images/test_sandbox.py": (
        words("LeaseLost", "LookupError", times=0),
        lines("from apps.messaging.errors import LeaseLost"),
    ),
    "tests/images/test_services.py": (
        words(
            "test_an_upload_and_its_job_are_one_transaction", "test_an_upload_records_no_message"
        ),
        lines(
            "photo = make_photo()\nrow = OutboxMessage.objects.get()",
            "make_photo()\nassert not OutboxMessage.objects.exists()",
        ),
        lines(
            'assert (row.transport, row.destination, row.key) == ("sqs", "jobs", '
            'f"photo:{photo.pk}")\n'
            'assert json.loads(row.body) == {"task": "resize", "id": photo.pk}'
        ),
        words(
            "test_an_upload_that_is_rolled_back_leaves_no_job",
            "test_an_upload_that_is_rolled_back_leaves_no_row",
        ),
        words("test_a_job_done_twice_has_one_result", "test_work_done_twice_has_one_result"),
        unit("test_a_lost_lease_stops_writing_renditions"),
        unit("test_a_job_newer_than_a_ready_photo_makes_it_again"),
        unit("test_a_repeated_job_does_nothing"),
    ),
}

_MAILS: Cuts = {
    "tests/notifications/test_handlers.py": (
        words(
            '"""The end of an order makes a mail due, and enqueues a task that sends it."""',
            '"""The end of an order makes a mail due."""',
        ),
        unit("enqueued"),
        words("django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks", times=4),
        words(
            "with django_capture_on_commit_callbacks(execute=True): handlers.mail_customer(event)",
            "handlers.mail_customer(event)",
        ),
        words(
            "with django_capture_on_commit_callbacks(execute=True): "
            "handlers.mail_customers([new, known, new])",
            "handlers.mail_customers([new, known, new])",
        ),
        lines("assert enqueued == [mail.id]"),
        lines("assert sorted(enqueued) == sorted(mail.id for mail in Mail.objects.all())"),
        lines("assert enqueued == [Mail.objects.get().id] * 2", "assert Mail.objects.count() == 1"),
        words("import handlers, services, tasks", "import handlers, services"),
    ),
    "tests/notifications/test_services.py": (unit("test_a_mail_due_for_minutes_is_overdue"),),
    "tests/notifications/test_erase.py": (
        words(
            "assert ANN not in DeadLetter.objects.get().reason "
            'DeadLetter.objects.update(reason=f"MailGivenUp: 550 {ANN}")  # as earlier '
            "releases wrote it"
        ),
    ),
    "tests/notifications/test_put_off.py": (
        unit("at_once"),
        unit("run_all"),
        lines(
            "tasks.reconcile()\nif Mail.objects.get().attempts > before:",
            "tasks.send_due()\nif Mail.objects.get().attempts > before:",
        ),
        words("assert not DeadLetter.objects.exists()", times=5),
        unit("test_a_mail_failing_for_a_day_makes_one_dead_letter"),
        unit("test_a_redriven_mail_is_retried_for_another_day"),
        words(
            "test_an_absent_mail_server_makes_no_dead_letter",
            "test_an_absent_mail_server_gives_no_mail_up",
        ),
        unit("test_a_permanent_failure_is_dead_lettered_at_the_first_attempt"),
        words(
            "test_logs_and_dead_letters_contain_no_email_address",
            "test_logs_contain_no_email_address",
        ),
        lines("tasks.reconcile()\nletter = DeadLetter.objects.get()", "tasks.send_due()"),
        words(
            'assert code.decode() in letter.reason assert "(address)" in letter.reason',
            "assert code.decode() in lines",
        ),
        words(
            'for text in (letter.reason, letter.traceback, lines): assert "alice" not in '
            "text.casefold()",
            'assert "alice" not in lines.casefold()',
        ),
        unit("test_an_enqueued_mail_is_not_enqueued_again_each_minute"),
        unit("test_an_invalid_recipient_is_dead_lettered_without_the_address"),
        unit("test_a_rejected_mail_can_be_sent_again_manually"),
        unit("redrive_and_run"),
        unit("test_a_mail_given_up_by_a_process_that_died_has_a_dead_letter"),
    ),
}

SHOP_TESTS: Cuts = joined(_IMAGES, _MAILS)
