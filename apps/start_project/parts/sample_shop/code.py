"""What the shop has in the code that stays: addresses, checks, errors, pages."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts
from apps.start_project.parts.sample_shop.settings import MESSAGING, SETTINGS

CODE: Cuts = {
    "orders_site/settings.py": SETTINGS,
    "orders_site/conf/messaging.py": MESSAGING,
    "orders_site/conf/__init__.py": (words(", except `s3_pictures`, which the settings name"),),
    "orders_site/conf/pruning.py": (words("; orders are never pruned"),),
    "orders_site/checks/links.py": (
        lines(
            'hint="docs/production.md says what each of them holds.",',
            'hint=".env.example says what each of them holds.",',
        ),
    ),
    "apps/__init__.py": (words("; docs/decisions.md shows which may import which"),),
    "orders_site/conf/pages.py": (lines('"apps.orders.context_processors.cart",'),),
    "orders_site/conf/worker_processes.py": (
        lines(
            '"fulfilment_consumer": 1,\n"notification_consumer": 1,\n"sales_consumer": 1,\n'
            '"price_responder": 2,\n"image_resizer": 1,\n"preview_resizer": 3,\n'
            '"order_listener": 1,',
            '"tracking_consumer": 1,\n"parcel_responder": 1,\n"label_printer": 1,',
        ),
    ),
    "orders_site/urls.py": (
        lines(
            'path("", include("apps.catalog.urls")),\npath("", include("apps.orders.urls")),\n'
            'path("", include("apps.sales.urls")),\npath("media/", include("apps.images.urls")),',
            'path("", RedirectView.as_view(pattern_name="api:openapi-view")),',
        ),
        lines(
            "from django.urls import include, path",
            "from django.urls import include, path\nfrom django.views.generic import RedirectView",
        ),
    ),
    "orders_site/api.py": (
        lines("from apps.catalog.api import router as catalog"),
        lines("from apps.images.api import router as images"),
        lines(
            "from apps.orders.api import router as orders",
            "from apps.parcels.api import router as parcels",
        ),
        words("Buy, and watch the order travel. Errors", "Errors"),
        words("(catalog, orders, images, messaging)", "(parcels, messaging)"),
    ),
    "orders_site/celery/application.py": (
        lines("from celery.schedules import crontab"),
        lines(
            '"apps.images.tasks",\n"apps.orders.tasks",\n"apps.notifications.tasks",\n'
            '"apps.sales.tasks",'
        ),
        unit("RECONCILING"),
        lines('"clean up orders": EACH_MINUTE | {"task": "apps.orders.tasks.clean_up"},'),
        lines('"clean up mails": EACH_MINUTE | {"task": "apps.notifications.tasks.clean_up"},'),
        lines('"reconcile mails": RECONCILING | {"task": "apps.notifications.tasks.reconcile"},'),
        lines('"reconcile photos": RECONCILING | {"task": "apps.images.tasks.reconcile"},'),
        words('"report sales": { … minute=0), },'),
    ),
    "orders_site/checks/startup.py": (
        words("links, pictures, times", "links, times"),
        lines("*pictures.errors(),"),
        lines(
            "found += [*web.errors_of_pages(), *pictures.errors_of_writing()]",
            "found += web.errors_of_pages()",
        ),
        unit("require_folder_of_pictures"),
    ),
    "orders_site/checks/times.py": (
        lines(
            "# A copy of a figure in the code, compared by "
            "tests/orders_site/checks/test_times.py:\n"
            "# checks are registered before models can be imported."
        ),
        unit("LONGEST_CHECKOUT"),
        lines("yield from _of_prices()"),
        unit("_of_prices"),
        block('("REQUEST_SECONDS", times.request, "PRICE_LOOKUP_TIMEOUT"'),
        words("a photo is given more by its size", "an upload is given more by its size"),
        block("if times.job < 2 * times.decoder:"),
        block('("REQUEST_SECONDS", times.request, "twice S3_CALL_SECONDS"'),
        block('("JOB_SECONDS", times.job, "twice S3_CALL_SECONDS"'),
    ),
    "orders_site/http/body_headers.py": (
        block('if view_name == "api:upload_photo" and'),
        lines(
            'is_fine = view_name == "api:upload_photo" or request.content_type == JSON',
            "is_fine = request.content_type == JSON",
        ),
        words("_type_error(request, view_name)", "_type_error(request)"),
        words(
            "_type_error(request: HttpRequest, view_name: str)",
            "_type_error(request: HttpRequest)",
        ),
        words(
            "unreadable_body_answer(request: HttpRequest, view_name: str)",
            "unreadable_body_answer(request: HttpRequest)",
        ),
        words("the content type does not fit the view", "the content type cannot be read"),
    ),
    "orders_site/http/request_limits.py": (
        lines(
            'TAKES_A_PHOTO = {"api:upload_photo", "catalog:staff_new_product", '
            '"catalog:staff_product"}',
            "TAKES_A_FILE: set[str] = set()",
        ),
        unit("CART"),
        lines(
            "# Orders and cancellations of one address count together, by page and by API.\n"
            "RATES = {",
            "RATES = {",
        ),
        lines('**dict.fromkeys(("orders:checkout", "orders:cancel_order"), "CHECKOUT_RATE"),'),
        lines('**dict.fromkeys(("api:place", "api:cancel"), "CHECKOUT_RATE"),'),
        lines(
            '**dict.fromkeys(CART, "CHECKOUT_RATE"),  # the same rate, counted separately',
            '"api:send_parcel": "WRITE_RATE",',
        ),
        lines(
            '**dict.fromkeys(TAKES_A_PHOTO, "UPLOAD_RATE"),',
            '**dict.fromkeys(TAKES_A_FILE, "UPLOAD_RATE"),',
        ),
        words("unreadable_body_answer(request, name)", "unreadable_body_answer(request)"),
        lines(
            "photo = settings.PHOTO_MAX_BYTES if view_name in TAKES_A_PHOTO else 0",
            "upload = settings.UPLOAD_MAX_BYTES if view_name in TAKES_A_FILE else 0",
        ),
        words("return photo +", "return upload +"),
        block("if view_name in CART:"),
        words("must not delay a checkout", "must not delay a request"),
    ),
    "orders_site/http/bodies.py": (
        words("Photos that may arrive at a time", "Uploads that may arrive at a time"),
        words("`PHOTO_MAX_BYTES`", "`UPLOAD_MAX_BYTES`"),
        words("Too many photos arrive", "Too many uploads arrive"),
        words("{arriving} photos are arriving", "{arriving} uploads are arriving"),
        words("Customer → photos;", "Customer → uploads;"),
    ),
    "orders_site/checks/web.py": (words('"CHECKOUT_RATE"', '"WRITE_RATE"'),),
    "orders_site/conf/demo_defaults.py": (
        lines('"MEDIA_BUCKET",\n"MEDIA_DOMAIN",'),
        lines('"MEDIA_STORAGE",'),
        words('"CHECKOUT_RATE"', '"WRITE_RATE"'),
        words('demo_dir / "pictures"', 'demo_dir / "files"'),
    ),
    "orders_site/conf/longest_times.py": (
        lines("decoder: int"),
        lines('decoder=env.int("DECODER_SECONDS", default=90, at_least=1, at_most=HOUR),'),
        lines("s3_call: float"),
        block('s3_call=env.float("S3_CALL_SECONDS"'),
    ),
    "orders_site/http/errors.py": (
        lines(
            "from apps.catalog import errors as catalog\nfrom apps.images import errors as images",
        ),
        lines(
            "from apps.orders import errors as orders\nfrom apps.pricing import errors as pricing",
            "from apps.parcels import errors as parcels",
        ),
        words(
            "catalog.UnknownProduct: HTTPStatus.NOT_FOUND, … "
            "pricing.PricingError: HTTPStatus.UNPROCESSABLE_ENTITY,",
            "parcels.UnknownParcel: HTTPStatus.NOT_FOUND,",
        ),
        unit("_NO_PRICES"),
        unit("PRICES_AWAY"),
        words("(*STATUS, images.PhotoInvalid, HttpError", "(*STATUS, HttpError"),
        block("if isinstance(error, orders.OrderInvalid):"),
        lines("detail = PRICES_AWAY if isinstance(error, _NO_PRICES) else str(error)"),
        words("detail=detail, **_members(error))", "detail=str(error))"),
        block("if isinstance(error, images.PhotoInvalid):"),
        unit("_members"),
        words("elsewhere the shop's page", "elsewhere a page"),
    ),
    **{
        f"orders_site/templates/{page}.html": (
            words("""<a class="button" href="{% url 'catalog:home' %}">Back to the shop</a>"""),
            *(words(of_the_shop) for of_the_shop in said),
        )
        for page, said in {
            "403": (", or go back to the shop",),
            "403_csrf": ("Nothing has been ordered.",),
            "404": (", or the product is no longer for sale",),
            "alone": (),
            "problem": (", and your cart is still there",),
        }.items()
    },
}
