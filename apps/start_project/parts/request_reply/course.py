"""What request-reply has in the course of the lab: two lessons, and what tests say of them."""

from apps.start_project.parts.cuts import lines, unit, words

COURSE = {
    "apps/lab/course/lessons/__init__.py": (
        lines("durable,\nevery_listener,", "durable,"),
        lines("replay,\nrequest_reply,", "replay,"),
        lines("every_listener.LESSON,"),
        lines("request_reply.LESSON,"),
    ),
    "tests/browser/test_course_lab.py": (
        lines('("request-reply", "Be a third responder", "send-ask", "Asked 10 times"),'),
    ),
    "tests/browser/test_lab.py": (
        words("Every listener receives it", "Be one more member of a group", times=2),
    ),
    "tests/lab/course/test_hearing.py": (
        words('{"worker": "price_responder"}', '{"worker": "celery"}'),
    ),
    "tests/lab/course/test_lessons_at_work.py": (
        unit("test_the_lesson_of_listeners_hears_both_responders"),
        unit("test_the_lesson_of_requests_hears_a_question_and_an_answer"),
    ),
    "tests/lab/pages/test_course_views.py": (
        words('["publish", "every-listener", "group", "request-reply"]', '["publish", "group"]'),
        words("Next: Every listener receives it", "Next: Be one more member of a group"),
    ),
}
