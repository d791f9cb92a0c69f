"""Periodic work: old rows are deleted, lost events found, reports mailed."""

from apps.messaging import tasks as messaging
from apps.messaging.worker.periodic import Every, repeating
from apps.notifications import tasks as notifications
from apps.orders import tasks as orders
from apps.sales import tasks as sales
from workers.runner import run

MINUTE, HOUR = 60.0, 3600.0

SCHEDULE = (
    Every(seconds=MINUTE, work=messaging.find_lost_events),
    Every(seconds=MINUTE, work=messaging.clean_up),
    Every(seconds=MINUTE, work=orders.clean_up),
    Every(seconds=MINUTE, work=notifications.clean_up),
    # The rows say which days are due, so it does no harm to look each hour.
    Every(seconds=HOUR, work=sales.report_sales),
)

if __name__ == "__main__":
    run("periodic", repeating(*SCHEDULE))
