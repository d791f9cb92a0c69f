"""Members of staff for tests, with the permissions that each is given."""

from django.contrib.auth.models import Permission, User


def member_of_staff(name: str, *permissions: str) -> User:
    """Make a member of staff with one permission, for instance `change_product`."""
    user = User.objects.create_user(name, password="first", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user
