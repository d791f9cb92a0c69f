"""Names of cookies by the shop's port: a browser sends the cookies of a host to all its ports."""

from urllib.parse import urlsplit


def cookie_names(site_url: str) -> tuple[str, str]:
    """Return the names of the session's and of the CSRF token's cookie.

    An address with a port in it, as each demo has, adds the port: `sessionid_8000`.
    """
    port = urlsplit(site_url).port
    end = f"_{port}" if port else ""
    return f"sessionid{end}", f"csrftoken{end}"
