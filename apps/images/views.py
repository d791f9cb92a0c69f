"""Serves finished pictures from the disk; in production S3 serves them."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve previews and renditions; originals, with the camera's data in them, stay private."""
    storage = storages["images"]
    if not isinstance(storage, FileSystemStorage):
        raise Http404
    response = serve(request, path, document_root=str(Path(storage.location) / "photos"))
    # A key names its content: another picture has another address.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
