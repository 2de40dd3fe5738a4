"""What the guard asks, by what the script then does: a database whose name nearly fits, a session that keeps no errors, a foreign
key that a step leaves broken, and one that was broken before. Nothing of a refused script is kept."""
import os
import shutil
import sqlite3

import drivers
from common import MariaDB, Postgres, check, finish, run, scratch, sqlite_state, sqlite_word, waybill

folder = scratch()
REVISION = """from alembic import op
import sqlalchemy as sa
revision = "%s"
down_revision = %s
def upgrade():
%s
def downgrade():
%s
"""
FIRST = """    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("c", sa.Column("id", sa.Integer, primary_key=True), sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", name="fk")))
"""


def project(name, second, settings=""):
    """its ini file; the first revision makes a table and one that refers to it"""
    top = os.path.join(folder, name)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.join(top, "versions"))
    with open(os.path.join(top, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %%(here)s\nversion_locations = %%(here)s/versions\n[waybill]\n%s\n" % settings)
    for revision, down, up, back in (("a1", None, FIRST, "    op.drop_table('c')\n    op.drop_table('p')"), ("a2", "a1", second, "    pass")):
        with open(os.path.join(top, "versions", revision + ".py"), "w") as f:
            f.write(REVISION % (revision, repr(down), up, back))
    return os.path.join(top, "alembic.ini")


def script(ini, path, dialect, client):
    name = os.path.join(folder, "%s.%s.sql" % (dialect, client))
    with open(name, "w") as f:
        f.write(waybill("upgrade", path, "--dialect", dialect, "--client", client, ini=ini))
    return name


# ---- the database's name: what is one character, one case or one wildcard away is another ----

NAMES = ["my_app", "myXapp", "my-app", "my_app2", "xmy_app", "my_ap", "my%app", "MY_APP", "My_app", "my_app "]   # MariaDB has none that ends in a blank


def names(dialect, clients, create, apply, state, fits):
    ini = project("names-" + dialect, "    pass", "database.%s = my_app" % dialect)
    for client in clients:
        path = script(ini, "base:a1", dialect, client)
        for name in NAMES[:-1] if dialect == "mariadb" else NAMES:
            create(name)
            before = state(name)
            log = apply(client, name, path)
            case = "%s %s: a database %r for a script of \"my_app\"" % (dialect, client, name)
            if fits(name):
                check("result=OK" in log and state(name) != before, case + "\n" + log[-600:])
            else:
                check("result=OK" not in log and state(name) == before, case + "\n" + log[-600:])


pg = Postgres()


def pg_apply(client, name, path):
    return pg.psql(name, *(["-v", "ON_ERROR_STOP=1"] if client == "psql" else ["-q"]), "-f", path)[1]


names("postgresql", ["psql", "generic"], pg.create, pg_apply, pg.state, lambda name: name == "my_app")

# ---- PostgreSQL: whose things and as whom ----

# operators and functions that fit better than the server's own: whoever may make things in the schema could make them
PLANTED = """create function public.%(name)s(%(types)s) returns boolean language plpgsql as $f$ begin perform pg_catalog.set_config('planted.ran', 'yes', false); return %(result)s; end $f$"""
OPERATOR = "; create operator public.%s (leftarg = %s, rightarg = %s, function = public.f)"
ini = project("planted", """    op.execute("UPDATE p SET id = id + 1 WHERE id = 1")
    with op.get_context().autocommit_block():
        op.create_index("ix_c", "c", ["p_id"], postgresql_concurrently=True)
    op.execute("UPDATE p SET id = id + 1 WHERE id = 2")""")
for client in ("psql", "generic"):
    first, second = (script(ini, path, "postgresql", client) for path in ("base:a1", "a1:a2"))
    second = shutil.copy(second, second + ".2")
    first = script(ini, "base:a1", "postgresql", client)
    for left, right, symbol in (("text[]", "text[]", "="), ("oid", "regclass", "="), ("varchar", "varchar", "="), ("name", "text", "="), ("int", "bigint", "<>")):
        for owner, is_good in (("low", False), ("postgres", True), ("boss", True)):
            pg.create("t")
            pg.psql("t", "-qc", "drop role if exists low; drop role if exists boss; create role low; create role boss; grant create, usage on schema public to low, boss; alter database t owner to boss")
            pg.psql("t", "-v", "ON_ERROR_STOP=1", "-f", first)
            pg.psql("t", "-qc", "insert into p values (1); set role " + owner, "-qc",
                    PLANTED % {"name": "f", "types": "%s, %s" % (left, right), "result": "pg_catalog.textin('x') operator(pg_catalog.=) 'x'"} + OPERATOR % (symbol, left, right))
            before = pg.state("t")
            log = pg_apply(client, "t", second)
            case = "postgresql %s: %s %s %s of %s\n%s" % (client, left, symbol, right, owner, log[-500:])
            check(("result=OK" in log) == is_good and (is_good or ("in the place of" in log and pg.state("t") == before)), case)
            pg.psql("postgres", "-qc", "drop database t", "-c", "drop role if exists low", "-c", "drop role if exists boss")
    for what, is_good in (("create function public.lower(int) returns text language sql as $$ select '' $$", False), ("create function public.mine(int) returns text language sql as $$ select '' $$", True),
                          ("create extension citext", True)):
        pg.create("t")
        pg.psql("t", "-qc", "create role low; grant create, usage on schema public to low")
        pg.psql("t", "-v", "ON_ERROR_STOP=1", "-f", first)
        pg.psql("t", *([] if "extension" in what else ["-qc", "set role low"]), "-qc", what)
        log = pg_apply(client, "t", second)
        check(("result=OK" in log) == is_good, "postgresql %s: %s\n%s" % (client, what, log[-500:]))
        pg.psql("postgres", "-qc", "drop database t", "-c", "drop role if exists low")
    # a role that the session has taken is the same in all sections
    pg.create("t")
    pg.psql("t", "-v", "ON_ERROR_STOP=1", "-f", first)
    pg.psql("t", "-qc", "create role own; alter table p owner to own; alter table c owner to own; alter table alembic_version owner to own; grant create, usage on schema public to own; insert into p values (1)")
    roles = project("roles-" + client, """    op.create_table("s1", sa.Column("id", sa.Integer))
    with op.get_context().autocommit_block():
        op.create_index("ix_c", "c", ["p_id"], postgresql_concurrently=True)
    op.create_table("s3", sa.Column("id", sa.Integer))""")
    log = pg.psql("t", "-v", "ON_ERROR_STOP=1", "-c", "set role own", "-f", script(roles, "a1:a2", "postgresql", client))[1]
    owners = pg.psql("t", "-Atc", "select distinct pg_get_userbyid(relowner) from pg_class where relname in ('s1', 's3', 'ix_c')")[1].strip()
    check("result=OK" in log and owners == "own", "postgresql %s: made by %s\n%s" % (client, owners, log[-500:]))
    pg.psql("postgres", "-qc", "drop database t", "-c", "drop role own")
    # what is no table is no version table
    for sql in ("create view alembic_version as select 'x'::varchar(32) as version_num where false", "create schema z; create table z.v (version_num varchar(32) not null); create view public.alembic_version as select * from z.v",
                "create materialized view alembic_version as select 'x'::varchar(32) as version_num where false"):
        for settings in ("", "beside = yes"):
            pg.create("t")
            pg.psql("t", "-qc", sql)
            before = pg.state("t")
            log = pg_apply(client, "t", script(project("v", "    pass", settings), "base:a1", "postgresql", client))
            check("result=OK" not in log and pg.state("t") == before, "postgresql %s: %s %s\n%s" % (client, sql, settings, log[-500:]))
# ---- PostgreSQL: things in another schema than the project's, by their bare names ----

ini_of = {}
for name, settings in (("two", "schema.postgresql = app\nsearch_path.postgresql = extensions, public\n"), ("one", "schema.postgresql = app\n")):
    ini_of[name] = project("path-" + name, "    op.execute(\"ALTER TABLE p ADD COLUMN name citext\")\n    op.execute(\"UPDATE p SET name = 'A' WHERE similarity(id::text, '1') >= 0\")\n"
                           "    op.execute('UPDATE p SET name = name WHERE name = $$a$$')\n    op.alter_column('p', 'name', existing_type=sa.Text(), nullable=False)\n    op.create_table('made', sa.Column('id', sa.Integer))", settings)
SETUP = ["create schema app", "create schema extensions", "create extension citext schema extensions", "create extension pg_trgm schema public", "alter database t set search_path = app, extensions, public"]
PLANTED = "grant create on schema %s to planter; set role planter; create function %s.upper(int) returns text language sql as 'select null'"
for client in ("psql", "generic"):
    for name, more, is_good, why in (("two", [], True, ""), ("one", [], False, "citext"), ("two", [PLANTED % ("extensions", "extensions")], False, "upper of planter"), ("two", [PLANTED % ("public", "public")], False, "upper of planter"),
                                     ("one", [PLANTED % ("extensions", "extensions")], False, "citext")):
        pg.create("t")
        pg.psql("postgres", "-qc", "create role planter")
        for sql in SETUP:
            assert pg.psql("t", "-v", "ON_ERROR_STOP=1", "-qc", sql)[0] == 0
        for sql in more:
            pg.psql("t", "-qc", sql)
        log = pg_apply(client, "t", script(ini_of[name], "base:a2", "postgresql", client)) if not more else ""
        if more:   # a1 is there by then
            pg.psql("t", "-qc", "drop owned by planter")
            assert "result=OK" in pg_apply(client, "t", script(ini_of[name], "base:a1", "postgresql", client))
            for sql in more:
                pg.psql("t", "-qc", sql)
            log = pg_apply(client, "t", script(ini_of[name], "a1:a2", "postgresql", client))
        made = pg.psql("t", "-Atc", "select count(*) from pg_class where relname = 'made' and relnamespace = 'app'::regnamespace")[1].strip()
        what = "postgresql %s: things in another schema, %s, %s\n%s" % (client, name, more, log[-900:])
        check(("result=OK" in log) is is_good and made == "%d" % is_good and why in log, what)
        if name == "two":
            text = waybill("upgrade", "a1:a2" if more else "base:a2", "--dialect", "postgresql", "--client", client, "--preflight", ini=ini_of[name])
            pg.psql("t", "-qc", "update app.alembic_version set version_num = 'a1'" if more else "drop table app.alembic_version, app.c, app.p, app.made")
            log = pg.psql("t", "-qAt", stdin=text.encode())[1]
            check((" ready" in log and "not ready" not in log) is is_good, what + "\npreflight: " + log[-600:])
        pg.psql("t", "-qc", "drop owned by planter")
        pg.psql("postgres", "-qc", "drop database t", "-c", "drop role planter")
pg.stop()


def lite_path(name):
    return os.path.join(folder, "db", name)


def lite_new(name):
    shutil.rmtree(os.path.join(folder, "db"), ignore_errors=True)
    os.makedirs(os.path.join(folder, "db"))
    sqlite3.connect(lite_path(name)).close()


def lite_apply(client, name, path):
    with open(path) as f:
        if client == "sqlite3":
            return run(["sqlite3", *sqlite_word(lite_path(name)), lite_path(name)], stdin=f)[1]
        return drivers.through(drivers.Sqlite(lite_path(name)), drivers.sqlite_statements(f.read()))


names("sqlite", ["sqlite3", "generic"], lite_new, lite_apply, lambda name: sqlite_state(lite_path(name)), lambda name: name == "my_app")

# ---- SQLite: foreign keys that are broken afterwards ----

BREAKS = '    with op.batch_alter_table("c") as batch:\n        batch.add_column(sa.Column("n", sa.Integer))\n    op.execute("INSERT INTO c (id, p_id) VALUES (%d, 99)")'
ini = project("broken", BREAKS % 7)
HARMLESS = BREAKS.replace('\n    op.execute("INSERT INTO c (id, p_id) VALUES (%d, 99)")', "")
ini_harmless = project("harmless", HARMLESS)
for client in ("sqlite3", "generic"):
    for case, ini_of, broken_before, is_good in (("a step breaks one", ini, 0, False), ("none", ini_harmless, 0, True), ("one was broken before", ini_harmless, 1, True),
                                                 ("one was broken before, a step breaks another", ini, 1, False)):
        lite_new("f.db")
        db = sqlite3.connect(lite_path("f.db"), isolation_level=None)
        db.executescript("create table p (id integer primary key not null); create table c (id integer not null, p_id integer, primary key (id), constraint fk foreign key(p_id) references p (id));"
                         "create table alembic_version (version_num varchar(32) not null, constraint alembic_version_pkc primary key (version_num)); insert into alembic_version values ('a1')")
        if broken_before:
            db.execute("insert into c values (1, 98)")
        db.close()
        before = sqlite_state(lite_path("f.db"))
        log = lite_apply(client, "f.db", script(ini_of, "a1:a2", "sqlite", client))
        after = sqlite_state(lite_path("f.db"))
        what = "sqlite %s: foreign keys, %s\n%s" % (client, case, log[-600:])
        if is_good:
            check("result=OK" in log and after != before, what)
        else:
            check("result=OK" not in log and after == before, what)

# ---- MariaDB: its name, and a session that keeps no errors ----

maria = MariaDB()


def maria_apply(client, name, path):
    with open(path, "rb") as f:
        return maria.client(name, "--default-character-set=utf8mb4", "--show-warnings", "-vv", stdin=f.read())[1]


names("mariadb", ["mariadb", "generic"], maria.create, maria_apply, maria.dump, lambda name: name == "my_app")
ini = project("errors", "    op.add_column('p', sa.Column('n', sa.Integer))")
for client in ("mariadb", "generic"):
    path = script(ini, "base:a2", "mariadb", client)
    for setting, is_good in (("max_error_count = 0", False), ("max_error_count = 1", True), ("max_error_count = 65535", True)):
        maria.create("t")
        before = maria.dump("t")
        with open(path, "rb") as f:
            text = f.read()
        log = maria.client("t", "--default-character-set=utf8mb4", "-vv", "-f", "--init-command=SET SESSION %s" % setting, stdin=text)[1]
        good = "result=OK" in log and maria.dump("t") != before if is_good else "result=OK" not in log and maria.dump("t") == before
        check(good, "mariadb %s: %s\n%s" % (client, setting, log[-800:]))
maria.stop()
shutil.rmtree(folder)
finish("servers/guard")
