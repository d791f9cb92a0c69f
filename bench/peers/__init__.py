"""Peers: other packages that do the same work, in `.bench`, on the code and tables of a build."""

import django

django.setup()
