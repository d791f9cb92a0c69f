-- The shop's database and its two roles, made once by whoever may create them:
--
--     psql -v migrate_password=... -v app_password=... -f deploy/postgresql.sql postgres
--
-- `shop_migrate` owns all of it, and is who `manage.py migrate` is; `shop_app`, who every other
-- process is, reads and writes rows and nothing more. Neither is a superuser.
-- tests/deploy/test_postgresql_rights.py tries what each may do, and what lies beyond it.
\set ON_ERROR_STOP on

CREATE ROLE shop_migrate LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'migrate_password';
CREATE ROLE shop_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
-- Else where the database is a managed one, whose user is no superuser, it could not give it away.
GRANT shop_migrate TO CURRENT_USER;
CREATE DATABASE shop OWNER shop_migrate;

\connect shop

REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_app;
ALTER SCHEMA public OWNER TO shop_migrate;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shop_app;
-- What a migration makes is the app's to read and write from the start. Keys count by themselves;
-- only `manage.py seed`, which is the demo's, sets a counter, and so needs to be `shop_migrate`.
ALTER DEFAULT PRIVILEGES FOR ROLE shop_migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app;
