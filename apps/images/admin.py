"""Photos in Django's admin, with an action that makes their renditions again."""

from django.contrib import admin
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.images import deletion, services
from apps.images.models import Photo
from apps.messaging.admin_lists import ActingAdmin


@admin.register(Photo)
class PhotoAdmin(ActingAdmin):
    list_display = ("id", "preview", "sku", "status", "reason", "created_at", "ready_at")
    list_filter = ("status", "created_at")
    search_fields = ("sku", "=id")
    readonly_fields = ("renditions",)
    actions = ("make_renditions_again",)

    def has_delete_permission(self, request: HttpRequest, obj: Photo | None = None) -> bool:
        """A photo that must not be shown can be deleted; the one before it is then shown again."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Photo) -> None:
        deletion.delete_photos([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        deletion.delete_photos(list(queryset.values_list("pk", flat=True)))

    def preview(self, photo: Photo) -> SafeString | str:
        if not photo.preview_key:
            return "-"
        url = storages["images"].url(photo.preview_key)
        return format_html('<img src="{}" width="64" height="48" alt="" loading="lazy">', url)

    def renditions(self, photo: Photo) -> SafeString:
        made = [
            (storages["images"].url(each.key), each.width, each.height, each.format, each.key)
            for each in photo.renditions.all()
        ]
        return format_html_join("", '<a href="{}">{} × {} {}</a> {}<br>', made)

    @admin.action(description="Make the renditions again", permissions=["act"])
    def make_renditions_again(self, request: HttpRequest, photos: QuerySet[Photo]) -> None:
        self.act(request, photos, lambda photo: services.redo_renditions(id=photo.pk), "Asked for")
