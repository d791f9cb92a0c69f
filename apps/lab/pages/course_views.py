"""The views of the course: its contents, a lesson, what was heard, and a lesson's button."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.course import after, lesson_of, progress
from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import LESSONS
from apps.lab.course.listening import listen
from apps.lab.pages import lesson_page, terminal_page
from apps.lab.pages.page import page, wants_part
from apps.lab.patterns import sending, terminal


@never_cache
@require_safe
def course(request: HttpRequest) -> HttpResponse:
    """The lessons, each with its ticks, and where to go on."""
    kept = progress.read(request)
    rows = [(each, kept.of(each), kept.is_done(each)) for each in LESSONS]
    response = page(request, "lab/course.html", progress=kept, rows=rows, lessons=LESSONS)
    return progress.keep(response, kept)


@never_cache
@require_safe
def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    found = _found(slug)
    now = listen(found, progress.read(request))
    reader = now.progress.reader
    context = lesson_page.state(found, now) | {
        "shown": lesson_page.shown(found, now.progress),
        "number": reader.number,
        "place": LESSONS.index(found) + 1,
        "lessons": LESSONS,
        "next_lesson": after(found),
        "exports": terminal.exports(),
        "terminal": terminal_page.context(),
        "trace": reader.trace(slug),
        "outcome": sending.outcome_of(request.GET.get("outcome", ""), reader.trace(slug)),
        "pressed": request.GET.get("pressed", ""),
    }
    return progress.keep(page(request, "lab/lesson.html", **context), now.progress)


@never_cache
@require_safe
def heard(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the parts of the page that have changed, or 204 if it shows the present state."""
    found = _found(slug)
    now = listen(found, progress.read(request))
    state = lesson_page.state(found, now)
    if request.GET.get("state") == state["state"]:
        return HttpResponse(status=204)
    context = state | {"next_lesson": after(found), "swapped": True}
    return progress.keep(render(request, "lab/_heard.html", context), now.progress)


@require_POST
def press(request: HttpRequest, slug: str) -> HttpResponse:
    """Send what a step's button sends, in the reader's trace of the lesson.

    htmx gets the outcome alone: with another page, what runs in the terminal would end.
    """
    found, kept = _found(slug), progress.read(request)
    step = found.step_pressed(request.POST.get("what", ""))
    if step is None or step.press is None:
        raise Http404
    outcome = sending.send(step.press, {}, traceparent=kept.reader.traceparent(slug))
    if wants_part(request):
        return progress.keep(render(request, "lab/_outcome.html", {"outcome": outcome}), kept)
    shown = {"pressed": step.press.slug, "outcome": sending.in_address(outcome)}
    address = f"{reverse('lab:lesson', args=[slug])}?{urlencode(shown)}#press-{step.press.slug}"
    return progress.keep(redirect(address), kept)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Begin the course again, as a new reader."""
    return progress.keep(redirect("lab:course"), progress.begun())


def _found(slug: str) -> Lesson:
    found = lesson_of(slug)
    if found is None:
        raise Http404(slug)
    return found
