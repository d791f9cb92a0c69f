-- The shop's database and its four roles, made by whoever may create them:
--
--     psql -v migrate_password=... -v app_password=... -v workers_password=... \
--          -v pictures_password=... -f deploy/postgresql.sql postgres
--
-- `shop_migrate` owns all of it, and is who `manage.py migrate` is. `shop_app`, for `web` and commands,
-- reads and writes rows and nothing more. `shop_workers` is for whoever handles messages, and
-- `shop_pictures` for the two workers that decode strangers' pictures; what these may do stands in
-- postgresql_tables.sql, which runs after each migration. None is a superuser.
-- Run again it changes nothing but the passwords. A database that one user made and owned so far,
-- as compose's volumes had it, it hands over to `shop_migrate`, with all its rows.
-- tests/deploy/test_postgresql_rights.py tries what each may do, and what lies beyond it.
\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['shop_migrate', 'shop_app', 'shop_workers', 'shop_pictures']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
ALTER ROLE shop_migrate LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'migrate_password';
ALTER ROLE shop_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE shop_workers LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'workers_password';
ALTER ROLE shop_pictures LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'pictures_password';
-- Else where the database is a managed one, whose user is no superuser, it could not give it away.
GRANT shop_migrate TO CURRENT_USER;

SELECT 'CREATE DATABASE shop' WHERE 'shop' NOT IN (SELECT datname FROM pg_database) \gexec
ALTER DATABASE shop OWNER TO shop_migrate;

\connect shop

REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_app, shop_workers, shop_pictures;
ALTER SCHEMA public OWNER TO shop_migrate;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shop_app, shop_workers, shop_pictures;
-- Their indexes, and the counters of their keys, go along.
SELECT format('ALTER TABLE %I OWNER TO shop_migrate', tablename)
FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'shop_migrate' \gexec
-- What a migration makes is the app's to read and write from the start; keys count by themselves.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app;
