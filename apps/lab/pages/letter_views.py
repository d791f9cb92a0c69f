"""The pages of dead letters: inspect, redrive, drop, one by one or by cause; copies and tests."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.pages.dead_letters import (
    Letter,
    LetterSettled,
    give_cause_up,
    give_up,
    send_again,
    send_cause_again,
    send_copy,
)
from apps.lab.pages.letter_as_test import as_test
from apps.lab.pages.page import page, wants_part
from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter
from apps.messaging.recovery.causes import Cause, causes

MOST = 25


@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The list; htmx gets the fragment that changes.

    If nothing is dead, the first list has what was settled: no page begins empty.
    """
    transport = request.GET.get("transport", "")
    # By default the dead ones; "all" is asked for by its name.
    state = request.GET.get("state", DeadLetter.State.DEAD)
    is_first = state == DeadLetter.State.DEAD and not transport
    found = dead_letters.find(transport=transport, state="" if state == "all" else state)
    count = found.count()
    if is_settled := is_first and not count:
        found = dead_letters.find()
        count = found.count()
    context = {
        "letters": found[:MOST],
        "count": count,
        "is_settled": is_settled and count,
        "most": MOST,
        "transport": transport,
        "state": state,
        "causes": _common_causes() if is_first else [],
        "transports": DeadLetter.Transport.choices,
        "states": [*DeadLetter.State.choices, ("all", "any")],
    }
    if wants_part(request):
        return render(request, "lab/_letters.html", context)
    return page(request, "lab/letters.html", **context)


@never_cache
@require_safe
def letter(request: HttpRequest, id: int) -> HttpResponse:
    context = {"letter": Letter(row=_row(id))}
    if wants_part(request):
        return render(request, "lab/_letter.html", context)
    return page(request, "lab/letter.html", **context)


@require_POST
def redrive(request: HttpRequest, id: int) -> HttpResponse:
    return _back_to_the_list(request, send_again(id=id, again="again" in request.POST))


@require_POST
def drop(request: HttpRequest, id: int) -> HttpResponse:
    return _back_to_the_list(request, give_up(id=id))


@require_POST
def copy(request: HttpRequest, id: int) -> HttpResponse:
    """Send a copy; a browser ends each line of a text field with CR LF."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    return _back_to_the_list(request, send_copy(id=id, body=body))


@never_cache
@require_safe
def test(request: HttpRequest, id: int) -> HttpResponse:
    """The letter as a file for pytest, to download."""
    text = as_test(_row(id))
    if text is None:
        raise Http404
    name = f"test_dead_letter_{id}.py"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/x-python; charset=utf-8", headers=headers)


@require_POST
def redrive_cause(request: HttpRequest, digest: str) -> HttpResponse:
    return _back_to_the_list(request, send_cause_again(digest))


@require_POST
def drop_cause(request: HttpRequest, digest: str) -> HttpResponse:
    return _back_to_the_list(request, give_cause_up(digest))


def _common_causes() -> list[Cause]:
    """Return the causes of what is dead, if one of them has several letters."""
    found = causes()
    return found if any(len(cause.ids) > 1 for cause in found) else []


def _row(id: int) -> DeadLetter:
    row = dead_letters.find().filter(pk=id).first()
    if row is None:
        raise Http404
    return row


def _back_to_the_list(request: HttpRequest, done: LetterSettled) -> HttpResponse:
    (messages.success if done.went_well else messages.error)(request, done.words)
    return redirect("lab:letters")
