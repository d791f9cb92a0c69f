"""The lab's addresses, under `/lab/`."""

from django.urls import path

from apps.lab.pages import (
    consumer_views,
    experiment_views,
    inside_page,
    letter_views,
    pattern_views,
    stream,
    terminal_page,
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
    path("terminal/", terminal_page.show, name="terminal"),
    path("terminal/run/", terminal_page.run, name="terminal_run"),
    path("reset/", views.reset, name="reset"),
    path("consumer/", consumer_views.consumer, name="consumer"),
    path("consumer/known/", consumer_views.known, name="known"),
    path("consumer/durable/", consumer_views.make_durable, name="make_durable"),
    path("consumer/take/", consumer_views.take, name="take"),
    path("consumer/queue/", consumer_views.make_queue, name="make_queue"),
    path("consumer/job/", consumer_views.send_job, name="send_job"),
    path("consumer/receive/", consumer_views.receive, name="receive"),
    path("consumer/<int:id>/answer/", consumer_views.answer, name="answer"),
    path("consumer/leave/", consumer_views.leave, name="leave"),
    path("inside/", inside_page.inside, name="inside"),
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
    path("<slug:slug>/", pattern_views.pattern, name="pattern"),
    path("<slug:slug>/send/", pattern_views.send, name="send"),
    path("<slug:slug>/way/", pattern_views.way, name="way"),
]
