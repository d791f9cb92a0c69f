-- The shop's database and its four roles. Run it as a user that may create them:
--
--     psql -v migrate_password=... -v app_password=... -v workers_password=... \
--          -v pictures_password=... -f deploy/postgresql.sql postgres
--
-- `shop_migrate` owns the database, and runs `manage.py migrate`. `shop_app` is for `web` and commands:
-- it reads and writes rows. `shop_workers` is for the processes that handle messages, and
-- `shop_pictures` for the two workers that decode uploaded pictures; postgresql_tables.sql, which
-- runs after each migration, has their rights. None is a superuser.
-- A second run changes only the passwords. If one user owned the whole database so far, as in older
-- volumes of compose, the run gives it to `shop_migrate`, with all its rows.
-- tests/deploy/test_postgresql_rights.py tries the rights of each, and what each may not do.
\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['shop_migrate', 'shop_app', 'shop_workers', 'shop_pictures']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
ALTER ROLE shop_migrate LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'migrate_password';
ALTER ROLE shop_app LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE shop_workers LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'workers_password';
ALTER ROLE shop_pictures LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'pictures_password';
-- The user of a managed database is no superuser, and could not change the owner without this.
GRANT shop_migrate TO CURRENT_USER;

SELECT 'CREATE DATABASE shop' WHERE 'shop' NOT IN (SELECT datname FROM pg_database) \gexec
ALTER DATABASE shop OWNER TO shop_migrate;

\connect shop

REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_app, shop_workers, shop_pictures;
ALTER SCHEMA public OWNER TO shop_migrate;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO shop_app, shop_workers, shop_pictures;
-- Their indexes and their keys' sequences have the same owner then.
SELECT format('ALTER TABLE %I OWNER TO shop_migrate', tablename)
FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'shop_migrate' \gexec
-- The app may read and write the tables of a later migration too; identity columns need no right.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_migrate IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app;
