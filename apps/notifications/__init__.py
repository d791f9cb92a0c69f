"""Notifications: one mail for each end of an order, sent by Celery; the daily sales report."""
