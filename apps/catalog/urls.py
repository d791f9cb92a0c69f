"""Addresses of the storefront's product pages."""

from django.urls import path

from apps.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("category/<slug:slug>/", views.category, name="category"),
    path("products/<str:sku>/", views.product, name="product"),
]
