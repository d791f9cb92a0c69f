-- Rights to single tables, given after each `manage.py migrate` by the tables' owner:
--
--     psql -f deploy/postgresql_tables.sql postgres://shop_migrate:...@HOST/shop
--
-- This file is complete: older rights are revoked first, in the same transaction.
-- tests/deploy/test_roles.py does the work of each role, and sees that it needs each.
\set ON_ERROR_STOP on
BEGIN;

-- The processes that handle messages and tasks. They can read no password, token or open session; they
-- see when a session ends.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM shop_workers;
GRANT SELECT ON parcels_parcel, parcels_notice TO shop_workers;
GRANT UPDATE (label) ON parcels_parcel TO shop_workers;
GRANT INSERT ON parcels_notice TO shop_workers;
GRANT SELECT, INSERT, UPDATE ON messaging_streamcheck TO shop_workers;
GRANT SELECT, INSERT, DELETE ON messaging_faileddelivery, messaging_inboxentry TO shop_workers;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON messaging_deadletter, messaging_outboxmessage, messaging_workerinstance TO shop_workers;
-- Beat's tasks prune these.
GRANT SELECT (expire_date), DELETE ON django_session TO shop_workers;

COMMIT;
