"""How a request is answered: the middleware that it passes, and the templates of its page."""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "templates"

MIDDLEWARE = [
    "orders_site.http.log_level.look_at_requests",
    "orders_site.http.probes.Probes",
    "orders_site.http.measured.measure_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "orders_site.http.nul_cookies.drop_nul_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "orders_site.http.head.head_like_get",
    "orders_site.http.request_limits.RequestLimits",
    "orders_site.http.methods.MethodsFirst",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orders_site.http.traced.trace_requests",
    "orders_site.http.errors.ErrorAnswers",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FOLDER],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.orders.context_processors.cart",
            ]
        },
    }
]
