"""The address of the staff's page of sales."""

from django.urls import path

from apps.sales import views

app_name = "sales"
urlpatterns = [path("staff/sales/", views.sales, name="sales")]
