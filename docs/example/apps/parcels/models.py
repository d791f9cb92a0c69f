"""The tables of parcels and of the notices to their receivers."""

from django.db import models


class Parcel(models.Model):
    """A parcel that was sent; its label and its notice come later."""

    address = models.TextField()
    label = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"parcel {self.pk}"


class Notice(models.Model):
    """A note to the receiver of a parcel; each parcel has one at most."""

    parcel = models.OneToOneField(Parcel, on_delete=models.CASCADE, primary_key=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"notice of parcel {self.pk}"
