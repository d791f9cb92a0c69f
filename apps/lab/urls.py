"""The lab's addresses, under `/lab/`."""

from django.urls import path

from apps.lab.pages import (
    course_views,
    experiment_views,
    letter_views,
    pattern_views,
    stream,
    views,
)

app_name = "lab"
urlpatterns = [
    path("", views.overview, name="map"),
    path("live/", stream.live, name="live"),
    path("faults/", views.faults, name="faults"),
    path("faults/on/", views.fault_on, name="fault_on"),
    path("faults/off/", views.fault_off, name="fault_off"),
    path("load/", views.load, name="load"),
    path("reset/", views.reset, name="reset"),
    path("dead-letters/", letter_views.letters, name="letters"),
    path("dead-letters/<int:id>/", letter_views.letter, name="letter"),
    path("dead-letters/<int:id>/redrive/", letter_views.redrive, name="redrive"),
    path("dead-letters/<int:id>/drop/", letter_views.drop, name="drop"),
    path("dead-letters/<int:id>/copy/", letter_views.copy, name="copy"),
    path("dead-letters/<int:id>/test/", letter_views.test, name="letter_test"),
    path(
        "dead-letters/causes/<slug:digest>/redrive/",
        letter_views.redrive_cause,
        name="redrive_cause",
    ),
    path("dead-letters/causes/<slug:digest>/drop/", letter_views.drop_cause, name="drop_cause"),
    path("experiments/<slug:slug>/", experiment_views.experiment, name="experiment"),
    path("experiments/<slug:slug>/run/", experiment_views.run, name="run"),
    path("course/", course_views.course, name="course"),
    path("course/again/", course_views.again, name="course_again"),
    path("course/<slug:slug>/", course_views.lesson, name="lesson"),
    path("course/<slug:slug>/heard/", course_views.heard, name="heard"),
    path("course/<slug:slug>/press/", course_views.press, name="press"),
    path("<slug:slug>/", pattern_views.pattern, name="pattern"),
    path("<slug:slug>/send/", pattern_views.send, name="send"),
    path("<slug:slug>/way/", pattern_views.way, name="way"),
]
