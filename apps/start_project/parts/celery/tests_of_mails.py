"""What Celery has in the tests of mails and reports that stay."""

from apps.start_project.parts.cuts import unit, words
from apps.start_project.parts.part import Cuts

NOTIFICATIONS: Cuts = {
    "tests/notifications/test_handlers.py": (
        words("and enqueues a task that sends it.", "and records a job that sends it."),
        words(
            "The mails that Celery was asked to send; `test_celery.py` asks the real one.",
            "The mails whose jobs were recorded.",
        ),
        unit("test_the_mail_task_is_enqueued_after_the_commit"),
        unit("test_an_absent_queue_fails_no_handler"),
        words(
            "assert sorted(enqueued) == sorted(mail.id for mail in Mail.objects.all())",
            "assert set(enqueued) == {mail.id for mail in Mail.objects.all()}",
        ),
    ),
    "tests/notifications/test_put_off.py": (
        words(
            "A task that is enqueued runs at once here; its retries do not wait.",
            "A job that is recorded is done at once here; its retries do not wait.",
        ),
        unit("test_all_tasks_of_a_mail_have_one_dead_letter"),
    ),
    "tests/sales/test_reports.py": (
        words("import orders_site.celery as site"),
        words("It was enqueued on the 20th at six.", "It was due on the 20th at six."),
        words("test_days_missed_by_beat_are", "test_days_missed_by_a_stopped_process_are"),
        unit("test_beat_uses_the_shops_time_zone"),
        words("report_sales.apply() assert not DeadLetter.objects.exists()", "report_sales()"),
        words(
            "report_sales.apply() assert DeadLetter.objects.count() == 1",
            "with pytest.raises(SMTPException):\n            report_sales()",
        ),
        words(
            "report_sales.apply() assert len(mailoutbox) == 2",
            "report_sales()\n    assert len(mailoutbox) == 2",
        ),
        words(
            "test_a_mail_server_outage_makes_no_dead_letter_for_a_day",
            "test_a_mail_server_outage_is_no_failure_for_a_day",
        ),
    ),
}
