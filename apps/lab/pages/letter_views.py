"""The pages of dead letters: inspect, redrive, drop."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.pages.dead_letters import Letter, LetterSettled, give_up, send_again
from apps.lab.pages.page import page, wants_part
from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter

MOST = 25


@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The list; htmx gets the fragment that changes."""
    transport = request.GET.get("transport", "")
    # By default the dead ones; "all" is asked for by its name.
    state = request.GET.get("state", DeadLetter.State.DEAD)
    found = dead_letters.find(transport=transport, state="" if state == "all" else state)
    context = {
        "letters": found[:MOST],
        "count": found.count(),
        "most": MOST,
        "transport": transport,
        "state": state,
        "transports": DeadLetter.Transport.choices,
        "states": [*DeadLetter.State.choices, ("all", "any")],
    }
    if wants_part(request):
        return render(request, "lab/_letters.html", context)
    return page(request, "lab/letters.html", **context)


@never_cache
@require_safe
def letter(request: HttpRequest, id: int) -> HttpResponse:
    row = dead_letters.find().filter(pk=id).first()
    if row is None:
        raise Http404
    context = {"letter": Letter(row=row)}
    if wants_part(request):
        return render(request, "lab/_letter.html", context)
    return page(request, "lab/letter.html", **context)


@require_POST
def redrive(request: HttpRequest, id: int) -> HttpResponse:
    return _back_to_the_list(request, send_again(id=id, again="again" in request.POST))


@require_POST
def drop(request: HttpRequest, id: int) -> HttpResponse:
    return _back_to_the_list(request, give_up(id=id))


def _back_to_the_list(request: HttpRequest, done: LetterSettled) -> HttpResponse:
    (messages.success if done.went_well else messages.error)(request, done.words)
    return redirect("lab:letters")
