"""HTTP around Django's views: the server, the limits of a request, the error answers, static files.

Read `server` first: it hands granian's requests to Django, by `bodies`, `wsgi_environ` and
`answers`. Then come the middlewares `probes`, `request_limits` and `errors`.
"""
