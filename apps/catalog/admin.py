"""The catalogue in Django's admin. A price changed here is announced like any other."""

from decimal import Decimal
from typing import Any, ClassVar, override

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.catalog import queries, services
from apps.catalog.forms import CHANGED_MEANWHILE
from apps.catalog.models import ApiToken, Category, Product
from apps.catalog.rules import is_currency


class EditedAlone(admin.ModelAdmin):
    """Saves only the fields that were edited: the form may be hours old."""

    @override
    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Send the shown value along: a value that changed in the database meanwhile is no edit."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.show_hidden_initial = True
        return field

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        obj.save(update_fields=form.changed_data if change else None)


@admin.register(Category)
class CategoryAdmin(EditedAlone):
    list_display = ("name", "slug", "position")
    prepopulated_fields: ClassVar = {"slug": ("name",)}


class UncontestedPrice(ModelForm):
    """Rejects a new price where the price is no longer the one that the page has shown."""

    def clean_price(self) -> Decimal:
        price: Decimal = self.cleaned_data["price"]
        now: Decimal | None = self.instance.price if self.instance.pk else None
        shown = self.fields["price"].to_python(self.data.get(self["price"].html_initial_name))
        is_edited = None not in {now, shown} and price != shown
        if is_edited and now not in {price, shown}:
            raise ValidationError(CHANGED_MEANWHILE.format(price=now))
        return price


@admin.register(Product)
class ProductAdmin(EditedAlone):
    form = UncontestedPrice
    list_display = ("sku", "name", "category", "price", "currency", "stock", "is_active")
    list_filter = ("category", "is_active")
    list_select_related = ("category",)
    search_fields = ("sku", "name")
    readonly_fields = ("price_version", "created_at")
    date_hierarchy = "created_at"

    @override
    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Product | None:
        """Lock the product that a form changes, so that the form is checked against its last
        price: of two at once the second learns the price of the first.
        """
        found: Product | None = super().get_object(request, object_id, from_field)
        # Django saves a form in a transaction, and shows pages outside of one.
        if found and request.method == "POST" and transaction.get_connection().in_atomic_block:
            products = self.get_queryset(request).select_for_update(no_key=True)
            return products.filter(pk=found.pk).first()
        return found

    @override
    def save_model(self, request: HttpRequest, obj: Product, form: ModelForm, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            services.announce_price(obj)
            return
        # Only what was edited: orders take stock while this form is open.
        edited = [name for name in form.changed_data if name != "price"]
        if "currency" in edited:
            obj.price_version += 1  # Of two equal versions the older one is kept.
            edited.append("price_version")
        obj.save(update_fields=edited)
        if "price" in form.changed_data:
            services.change_price(sku=obj.sku, price=form.cleaned_data["price"])
        # Read again: what was not edited is on the form as it was when the page was opened.
        stored = queries.product_of_staff(obj.sku)
        if stored.is_active and {"is_active", "currency"} & set(edited):
            # The responders forget what is not for sale, and have it again at their next refresh.
            services.announce_price(stored)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        # Orders, photos and the responders know a product by its SKU. Its stock moves while this
        # form is open: the page for staff changes it by a difference.
        if not obj:
            return self.readonly_fields
        fixed = ["sku", "stock", "staff_page"]
        # Customers cannot buy in a currency that breaks the rule, so it may be corrected.
        if is_currency(obj.currency):
            fixed.append("currency")
        return (*self.readonly_fields, *fixed)

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Add the results of the shop's own search, which ignores case beyond ASCII too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queries.matching(queryset, search_term), may_repeat

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        """A product is taken off sale, never deleted: ordered pieces may still be returned."""
        return False

    @admin.display(description="stock and photo")
    def staff_page(self, product: Product) -> SafeString:
        url = reverse("catalog:staff_product", args=[product.sku])
        return format_html('<a href="{}">Change the stock, add a photo</a>', url)

    def view_on_site(self, product: Product) -> str:
        return reverse("catalog:product", args=[product.sku])


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Lists the API tokens with their owners and ends. To revoke a token, delete it.

    `manage.py api_token` issues one. Name and end are read-only: the token that was printed then
    cannot show a change.
    """

    list_display = ("name", "user", "made_at", "ends_at")
    list_select_related = ("user",)
    readonly_fields = ("name", "user", "made_at", "ends_at")
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
