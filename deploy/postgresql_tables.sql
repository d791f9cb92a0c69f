-- Rights to single tables, given after each `manage.py migrate` by the tables' owner:
--
--     psql -f deploy/postgresql_tables.sql postgres://shop_migrate:...@HOST/shop
--
-- This file is complete: older rights are revoked first, in the same transaction.
-- tests/deploy/test_postgresql_rights.py does the work of each role, and sees that it needs each.
\set ON_ERROR_STOP on
BEGIN;

-- `preview_resizer` and `image_resizer`, which decode uploaded pictures. They can read photos and
-- their own deliveries, but no order, customer, price or password.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_pictures;
GRANT SELECT, UPDATE ON images_photo TO shop_pictures;
GRANT SELECT, INSERT, DELETE ON images_rendition TO shop_pictures;
GRANT SELECT, INSERT, DELETE ON messaging_faileddelivery TO shop_pictures;
GRANT SELECT, INSERT, UPDATE ON messaging_deadletter TO shop_pictures;
GRANT SELECT, INSERT, UPDATE, DELETE ON messaging_workerinstance TO shop_pictures;

-- The processes that handle messages and tasks. They can read no password, token or open session, and
-- change no price. They can change an order's end and a product's stock, and see when a session ends.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_workers;
GRANT SELECT ON catalog_product, orders_order, orders_orderline TO shop_workers;
GRANT UPDATE (stock) ON catalog_product TO shop_workers;
GRANT UPDATE (status, reason, ended_at) ON orders_order TO shop_workers;
GRANT SELECT, INSERT, UPDATE
    ON fulfilment_reservation, messaging_streamcheck, sales_salesday, sales_salesreport
    TO shop_workers;
GRANT SELECT, UPDATE ON images_photo TO shop_workers;
GRANT SELECT, INSERT, DELETE ON messaging_faileddelivery, messaging_inboxentry TO shop_workers;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON messaging_deadletter, messaging_outboxmessage, messaging_workerinstance, notifications_mail
    TO shop_workers;
-- Beat's tasks prune these.
GRANT SELECT, DELETE
    ON orders_cartitem, orders_idempotencykey, orders_visitorsorder TO shop_workers;
GRANT SELECT (expire_date), DELETE ON django_session TO shop_workers;

-- The demo's seed gives one photo the number that the docs name; later photos get higher numbers.
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM shop_app;
GRANT UPDATE ON SEQUENCE images_photo_id_seq TO shop_app;

-- Production has no lab, and so no such table.  -- lab
DO $$ BEGIN  -- lab
    IF to_regclass('lab_fault') IS NOT NULL THEN  -- lab
        GRANT SELECT ON lab_fault TO shop_pictures, shop_workers;  -- lab
    END IF;  -- lab
END $$;  -- lab

COMMIT;
