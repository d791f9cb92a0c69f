"""Tables of the photos: one row for each upload, one for each picture made of it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Photo(models.Model):
    """A photo of a product. It has the SKU, not a key: this app may not import the catalogue."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting for its renditions"
        READY = "ready", "ready"
        FAILED = "failed", "failed"

    sku = models.CharField("SKU", max_length=64)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    reason = models.TextField(blank=True, help_text="why it failed, in words for the uploader")
    original_key = models.CharField(max_length=100)
    digest = models.CharField("SHA-256", max_length=64)
    width = models.PositiveIntegerField(help_text="as shown, after EXIF's rotation")
    height = models.PositiveIntegerField()
    preview_key = models.CharField(max_length=100, blank=True)
    preview_width = models.PositiveIntegerField(null=True, blank=True)
    preview_height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(db_default=Now(), help_text="when the job was last recorded")
    not_asked_before = models.DateTimeField(
        null=True, blank=True, help_text="no further job is recorded before then"
    )
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["sku", "-id"], name="photo_newest_by_sku"),
            models.Index(
                fields=["asked_at"],
                condition=models.Q(status="waiting"),
                name="photo_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk} of {self.sku}"


class Rendition(models.Model):
    """A photo in one width and one format."""

    class Format(models.TextChoices):
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=4, choices=Format)
    key = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["-width", "-format"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["photo", "width", "format"], name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.width} {self.format}"
