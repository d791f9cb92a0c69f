-- Rights to single tables, given after each `manage.py migrate` by the tables' owner:
--
--     psql -f deploy/postgresql_tables.sql postgres://shop_migrate:...@HOST/shop
--
-- What stands here is all: rights of before are taken back first, in the same transaction.
-- tests/deploy/test_postgresql_rights.py does the work of each role, and sees that it needs each.
\set ON_ERROR_STOP on
BEGIN;

-- `preview_resizer` and `image_resizer`, which decode what strangers have sent. They know photos and
-- their own deliveries: no order, no customer, no price, no password.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_pictures;
GRANT SELECT, UPDATE ON images_photo TO shop_pictures;
GRANT SELECT, INSERT, DELETE ON images_rendition TO shop_pictures;
GRANT SELECT, INSERT, DELETE ON messaging_faileddelivery TO shop_pictures;
GRANT SELECT, INSERT, UPDATE ON messaging_deadletter TO shop_pictures;
GRANT SELECT, INSERT, UPDATE, DELETE ON messaging_workerinstance TO shop_pictures;
GRANT SELECT ON lab_fault TO shop_pictures;  -- lab

-- Whoever handles messages and tasks: no password, token or open session, and no price. Of an order
-- they change how it ends, of a product its stock, and of a session they see when it is over.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_workers;
GRANT SELECT ON catalog_product, orders_order, orders_orderline TO shop_workers;
GRANT UPDATE (stock) ON catalog_product TO shop_workers;
GRANT UPDATE (status, reason, ended_at) ON orders_order TO shop_workers;
GRANT SELECT, INSERT, UPDATE
    ON fulfilment_reservation, sales_salesday, sales_salesreport TO shop_workers;
GRANT SELECT, UPDATE ON images_photo TO shop_workers;
GRANT SELECT, INSERT, DELETE ON messaging_faileddelivery, messaging_inboxentry TO shop_workers;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON messaging_deadletter, messaging_outboxmessage, messaging_workerinstance, notifications_mail
    TO shop_workers;
-- Beat's tasks clean these up.
GRANT SELECT, DELETE
    ON orders_cartitem, orders_idempotencykey, orders_visitorsorder TO shop_workers;
GRANT SELECT (expire_date), DELETE ON django_session TO shop_workers;
GRANT SELECT ON lab_fault TO shop_workers;  -- lab

-- The demo's seed gives a photo the number that the docs name, and lets others count on after it.
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM shop_app;
GRANT UPDATE ON SEQUENCE images_photo_id_seq TO shop_app;

COMMIT;
