-- Rights to single tables, given after each `manage.py migrate` by the tables' owner:
--
--     psql -f deploy/postgresql_tables.sql postgres://shop_migrate:...@HOST/shop
--
-- What stands here is all: rights of before are taken back first, in the same transaction.
-- tests/deploy/test_postgresql_rights.py takes each away and sees the work refused.
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

-- The demo's seed gives a photo the number that the docs name, and lets others count on after it.
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM shop_app;
GRANT UPDATE ON SEQUENCE images_photo_id_seq TO shop_app;

COMMIT;
