"""Addresses of the storefront's product pages, and of those where staff look after them."""

from django.urls import path

from apps.catalog import staff_views, views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("category/<slug:slug>/", views.category, name="category"),
    path("products/<str:sku>/", views.product, name="product"),
    path("products/<str:sku>/picture/", views.product_picture, name="product_picture"),
    path("staff/products/", staff_views.products, name="staff_products"),
    path("staff/products/new/", staff_views.new_product, name="staff_new_product"),
    path("staff/products/<str:sku>/", staff_views.product, name="staff_product"),
    path("staff/products/<str:sku>/photo/", staff_views.photo, name="staff_photo"),
]
