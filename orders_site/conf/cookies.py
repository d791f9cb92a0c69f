"""Names of cookies by a demo's port: a browser sends the cookies of a host to all its ports."""


def cookie_names(port: int | None) -> tuple[str, str]:
    """Return the names of the session's and of the CSRF token's cookie: `sessionid_8000`.

    Without a port they are Django's own. A shop in production has a host of its own.
    """
    end = f"_{port}" if port else ""
    return f"sessionid{end}", f"csrftoken{end}"
