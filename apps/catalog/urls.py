"""Addresses of the product pages, those of the storefront and those of staff."""

from django.urls import path

from apps.catalog import staff_views, views
from apps.catalog.converters import STORED_SKU

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("category/<slug:slug>/", views.category, name="category"),
    path(f"products/{STORED_SKU}/", views.product, name="product"),
    path(f"products/{STORED_SKU}/picture/", views.product_picture, name="product_picture"),
    path("staff/products/", staff_views.products, name="staff_products"),
    path("staff/products/new/", staff_views.new_product, name="staff_new_product"),
    path(f"staff/products/{STORED_SKU}/", staff_views.product, name="staff_product"),
    path(f"staff/products/{STORED_SKU}/photo/", staff_views.photo, name="staff_photo"),
]
