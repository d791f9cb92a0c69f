"""Photos in Django's admin: to look at, and to have their renditions made again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.images import services
from apps.images.models import Photo, Rendition


class RenditionInline(admin.TabularInline):
    model = Rendition
    extra = 0
    can_delete = False
    readonly_fields = ("width", "height", "format", "key")

    def has_add_permission(self, request: HttpRequest, obj: Photo | None = None) -> bool:
        return False


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    list_display = ("id", "sku", "status", "reason", "created_at", "ready_at")
    list_filter = ("status",)
    search_fields = ("sku",)
    inlines = (RenditionInline,)
    actions = ("make_renditions_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Photo | None = None) -> bool:
        return False

    @admin.action(description="Make the renditions again", permissions=["delete"])
    def make_renditions_again(self, request: HttpRequest, photos: QuerySet[Photo]) -> None:
        for id in photos.values_list("id", flat=True):
            services.redo_renditions(id=id)
        self.message_user(request, f"{len(photos)} asked for")
