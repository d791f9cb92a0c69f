"""The storefront's pages of buying: the cart, the checkout and the order."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.queries import product
from apps.messaging.errors import MessagingError
from apps.orders import access, queries, services
from apps.orders.cart import Cart, CartLine, can_be_ordered, sums_of
from apps.orders.checkout import check_out
from apps.orders.errors import CartFull, NotTheirOrder, OrderError
from apps.orders.forms import PRICES_AWAY, AddForm, ChangeForm, CheckoutForm
from apps.orders.lines import MAX_LINES, MAX_QUANTITY, RequestedLine
from apps.orders.models import Order
from apps.orders.order_page import look_at
from apps.orders.quote import quote

ALREADY_PLACED = "This order was placed before, for {email}. Your new request changed nothing."
QUANTITY_WORDS = f"A quantity is a number up to {MAX_QUANTITY:,}."
QUANTITY_CAPPED = (
    f"{{name}}: an order has at most {MAX_QUANTITY:,} pieces; your cart has that many."
)


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    kept = Cart(request.session)
    if kept.drop_withdrawn():
        messages.warning(request, "A product in your cart is no longer for sale and was removed.")
    lines = kept.lines()
    context = {
        "lines": lines,
        "sums": sums_of(lines),
        "can_be_ordered": can_be_ordered(lines),
        "max_quantity": MAX_QUANTITY,
    }
    return render(request, "orders/cart.html", context)


@require_POST
def add_to_cart(request: HttpRequest, sku: str) -> HttpResponse:
    kept, form, found = Cart(request.session), AddForm(request.POST), product(sku)
    if not form.is_valid():
        messages.error(request, QUANTITY_WORDS)
        return redirect("catalog:product", sku)
    if others := sums_of(kept.lines()).keys() - {found.currency}:
        messages.error(
            request,
            f"{found.name} has a price in {found.currency}, and your cart has prices in "
            f"{' and '.join(sorted(others))}. Please order it separately.",
        )
        return redirect("orders:cart")
    try:
        all_added = kept.add(found.sku, form.cleaned_data["quantity"])
    except CartFull:
        messages.error(request, f"A cart holds at most {MAX_LINES} different products.")
    else:
        if all_added:
            messages.success(request, f"{found.name} is in your cart.")
        else:
            messages.warning(request, QUANTITY_CAPPED.format(name=found.name))
    return redirect("orders:cart")


@require_POST
def change_cart(request: HttpRequest, sku: str) -> HttpResponse:
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, QUANTITY_WORDS)
    elif not Cart(request.session).change(sku, form.cleaned_data["quantity"]):
        messages.warning(request, "This product is no longer in your cart.")
    return redirect("orders:cart")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    kept = Cart(request.session)
    lines = kept.lines()
    if not can_be_ordered(lines):
        # If a form is sent twice, the second request finds an empty cart and the placed order.
        earlier = kept.order_of(request.POST.get("key", ""))
        if earlier and earlier.email != request.POST.get("email", "").strip():
            messages.warning(request, ALREADY_PLACED.format(email=earlier.email))
        # The page of the cart says why nothing can be ordered.
        return _to_page_of(request, earlier) if earlier else redirect("orders:cart")
    form = CheckoutForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            placed = _check_out(form, kept, lines)
        except (OrderError, MessagingError) as error:
            form.explain(error)
            lines = kept.lines()  # Another window may have changed them.
        else:
            return _to_page_of(request, placed)
    return _checkout_page(request, form, lines) if lines else redirect("orders:cart")


@never_cache
@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show an order. With the id alone, no address is shown, and the order cannot be cancelled."""
    found = queries.order(order_id)
    page = look_at(found, is_theirs=_is_theirs(request, found))
    return render(request, "orders/order.html", {"page": page})


@never_cache
@require_safe
def order_state(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show the part of the page that changes; 204 if it has not, so that htmx changes nothing."""
    found = queries.order_alone(order_id)
    page = look_at(found, is_theirs=_is_theirs(request, found))
    if page.look_again and request.GET.get("seen") == page.seen:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "orders/_state.html", {"page": page})


@require_POST
def cancel_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    found = queries.order_alone(order_id)
    if not _is_theirs(request, found):
        raise NotTheirOrder
    services.cancel_order(order_id=order_id)
    return redirect("orders:order", order_id)


def _check_out(form: CheckoutForm, kept: Cart, lines: Sequence[CartLine]) -> Order:
    """Compare the lines with the shown ones, and order them: without `shown`, order nothing."""
    key = form.cleaned_data["key"]
    return check_out(
        email=form.cleaned_data["email"],
        lines=[RequestedLine(sku=each.card.product.sku, quantity=each.quantity) for each in lines],
        shown=form.cleaned_data["shown"],
        cart=kept.id,
        idempotency_key=kept.name_of(key) if key else None,
    ).order


def _to_page_of(request: HttpRequest, placed: Order) -> HttpResponse:
    access.remember(request.session, placed)
    return redirect("orders:order", placed.id)


def _is_theirs(request: HttpRequest, order: Order) -> bool:
    """Return whether the session has placed the order, or has ever sent its token."""
    if access.was_placed_in(request.session, order):
        return True
    if access.is_token_of(order, request.GET.get(access.IN_ADDRESS, "")):
        access.remember(request.session, order)
        return True
    return False


def _checkout_page(
    request: HttpRequest, form: CheckoutForm, lines: Sequence[CartLine]
) -> HttpResponse:
    # If no responder answered a moment ago, asking again would only delay the page.
    away = form.status == HTTPStatus.SERVICE_UNAVAILABLE
    quoted = None if away else quote(lines)
    response = render(
        request,
        "orders/checkout.html",
        {"form": form, "lines": lines, "quote": quoted, "prices_away": PRICES_AWAY},
        status=form.status if quoted else HTTPStatus.SERVICE_UNAVAILABLE,
    )
    if quoted is None:
        response.headers["Retry-After"] = "2"
    return response
