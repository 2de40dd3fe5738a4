"""Operation calls for the differential test, by topic. Each is the body of an upgrade(); `BEFORE` of a topic is what the chain
has built before it (in a revision of its own), so that both sides know the same table, or "" where nothing is known."""

import re

KNOWN = '''
op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("b", sa.String(20)))
op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()),
    sa.Column("c", sa.String(20), nullable=False), sa.Column("d", sa.DateTime()), sa.Column("n", sa.Numeric(10, 2)))
'''

TYPES = """
sa.Integer() | sa.SmallInteger() | sa.BigInteger() | sa.Numeric() | sa.Numeric(10, 2) | sa.Numeric(precision=10) | sa.DECIMAL(8, 3)
sa.Float() | sa.Float(24) | sa.REAL() | sa.Double() | sa.DOUBLE_PRECISION() | sa.DOUBLE() | sa.String() | sa.String(50) | sa.VARCHAR(20) | sa.CHAR(3)
sa.NCHAR(3) | sa.NVARCHAR(9) | sa.Unicode(20) | sa.Unicode() | sa.UnicodeText() | sa.Text() | sa.TEXT() | sa.CLOB() | sa.Boolean()
sa.BOOLEAN() | sa.Date() | sa.DATE() | sa.Time() | sa.TIME() | sa.Time(timezone=True) | sa.DateTime() | sa.DateTime(timezone=True) | sa.TIMESTAMP()
sa.TIMESTAMP(timezone=True) | sa.DATETIME() | sa.Interval() | sa.LargeBinary() | sa.LargeBinary(100) | sa.BINARY(16) | sa.VARBINARY(16)
sa.BLOB() | sa.JSON() | sa.PickleType() | sa.Uuid() | sa.Uuid(native_uuid=False) | sa.UUID() | sa.Enum("a", "bcd", name="e")
sa.Enum("a", "b", name="e", native_enum=False) | sa.Enum("a", "b", name="e", native_enum=False, length=30) | sa.Enum("it's", "b", name="e")
sa.ARRAY(sa.Integer()) | sa.ARRAY(sa.String(5), dimensions=2) | sa.INTEGER() | sa.INT() | sa.BIGINT() | sa.SMALLINT() | sa.FLOAT() | sa.NUMERIC(5, 1)
sa.String(50).with_variant(mysql.VARCHAR(99), "mysql") | sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
sa.Text().with_variant(mssql.NVARCHAR(None), "mssql") | sa.String(5, collation="de_DE") | sa.Text(collation="de_DE")
postgresql.UUID() | postgresql.JSONB() | postgresql.JSON() | postgresql.ARRAY(sa.Text()) | postgresql.INET() | postgresql.CIDR() | postgresql.MACADDR()
postgresql.BYTEA() | postgresql.TSVECTOR() | postgresql.HSTORE() | postgresql.INTERVAL() | postgresql.INTERVAL(fields="DAY", precision=3)
postgresql.TIMESTAMP(timezone=True, precision=3) | postgresql.TIMESTAMP(precision=6) | postgresql.TIME(precision=2) | postgresql.BIT(3)
postgresql.BIT(varying=True) | postgresql.ENUM("a", "b", name="e") | postgresql.OID() | postgresql.REGCLASS() | postgresql.MONEY() | postgresql.INT4RANGE()
postgresql.TSTZRANGE() | mysql.TINYINT(1) | mysql.INTEGER(11) | mysql.INTEGER(unsigned=True) | mysql.BIGINT(20, unsigned=True)
mysql.SMALLINT(zerofill=True) | mysql.MEDIUMINT() | mysql.DOUBLE(10, 2) | mysql.DOUBLE(asdecimal=True) | mysql.DECIMAL(10, 2, unsigned=True)
mysql.FLOAT(7, 3) | mysql.DATETIME(fsp=6) | mysql.TIMESTAMP(fsp=3) | mysql.TIMESTAMP(fsp=0) | mysql.TIME(fsp=2) | mysql.YEAR() | mysql.TEXT() | mysql.TEXT(500)
mysql.TINYTEXT() | mysql.MEDIUMTEXT() | mysql.LONGTEXT() | mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin") | mysql.VARCHAR(20, charset="latin1")
mysql.VARCHAR(20, collation="utf8mb4_bin") | mysql.CHAR(5) | mysql.NVARCHAR(5) | mysql.ENUM("a", "b") | mysql.SET("a", "b") | mysql.BIT(3)
mysql.LONGBLOB() | mysql.MEDIUMBLOB() | mysql.TINYBLOB() | mysql.JSON() | oracle.NUMBER() | oracle.NUMBER(10) | oracle.NUMBER(10, 2) | oracle.VARCHAR2(20)
oracle.NVARCHAR2(20) | oracle.CLOB() | oracle.NCLOB() | oracle.RAW(16) | oracle.BINARY_FLOAT() | oracle.BINARY_DOUBLE() | oracle.LONG() | oracle.BFILE()
oracle.INTERVAL() | oracle.INTERVAL(day_precision=2, second_precision=3) | oracle.TIMESTAMP(timezone=True) | oracle.TIMESTAMP(local_timezone=True)
oracle.FLOAT(126) | oracle.DATE() | oracle.ROWID() | mssql.NVARCHAR(50) | mssql.NVARCHAR() | mssql.NVARCHAR(length="max") | mssql.VARCHAR(collation="Latin1_General_CI_AS")
mssql.DATETIME2() | mssql.DATETIME2(3) | mssql.DATETIMEOFFSET() | mssql.DATETIMEOFFSET(2) | mssql.SMALLDATETIME() | mssql.BIT() | mssql.TINYINT() | mssql.MONEY()
mssql.SMALLMONEY() | mssql.UNIQUEIDENTIFIER() | mssql.XML() | mssql.IMAGE() | mssql.NTEXT() | mssql.VARBINARY("max") | mssql.VARBINARY(10) | mssql.ROWVERSION()
mssql.SQL_VARIANT() | mssql.TIME(3) | mssql.REAL() | mssql.JSON() | sqlite.DATETIME() | sqlite.JSON() | sqlite.TIMESTAMP()
"""

DEFAULTS = """
'x' | "it's" | '0' | sa.text("0") | sa.text("'x'") | sa.text("CURRENT_TIMESTAMP") | sa.func.now() | sa.func.current_timestamp() | sa.func.lower("X")
sa.true() | sa.false() | sa.null() | sa.literal_column("1+1") | sa.literal("abc") | "50%" | sa.text(r"'a\\:b'") | sa.FetchedValue()
sa.sql.expression.true() | '\\\\' | sa.text("now()") | sa.text("'{}'")
"""

# (type, value)
LITERALS = """
sa.String | "it's" ~ sa.String | "back\\\\slash" ~ sa.String | "uniçode ✓" ~ sa.Unicode | "uni" ~ sa.Unicode | "uniçode" ~ sa.Text | "%(x)s 50% :colon"
sa.Integer | 5 ~ sa.Integer | -5 ~ sa.BigInteger | 9999999999 ~ sa.Numeric | decimal.Decimal("1.50") ~ sa.Numeric | 1.5 ~ sa.Float | 1.5 ~ sa.Float | 1e20
sa.Boolean | True ~ sa.Boolean | False ~ sa.Boolean | None ~ sa.DateTime | datetime.datetime(2024, 1, 2, 3, 4, 5)
sa.DateTime | datetime.datetime(2024, 1, 2, 3, 4, 5, 678901) ~ sa.DateTime(timezone=True) | datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
sa.Date | datetime.date(2024, 1, 2) ~ sa.Time | datetime.time(3, 4, 5) ~ sa.String | None ~ sa.Enum("a", "b", name="e") | "a" ~ sa.Integer | "5"
sa.Uuid | uuid.UUID("12345678-1234-5678-1234-567812345678") ~ sa.Interval | datetime.timedelta(days=1) ~ sa.LargeBinary | b"\\x01ab" ~ sa.JSON | {"a": 1}
sa.String | op.inline_literal("x") ~ sa.DateTime | op.inline_literal("2024-01-01") ~ sa.Boolean | 1
"""

TABLES = '''
op.create_table("t", sa.Column("id", sa.Integer(), nullable=False), sa.Column("n", sa.String(50), server_default="x"), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("b", sa.BigInteger()))
op.create_table("t", sa.Column("a", sa.Integer(), nullable=False), sa.Column("b", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("a", "b", name="pk_t"))
op.create_table("t", sa.Column("id", sa.Integer(), autoincrement=False, nullable=False), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.SmallInteger(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.Integer(), autoincrement=True, nullable=False), sa.Column("k", sa.String(9), nullable=False), sa.PrimaryKeyConstraint("k"))
op.create_table("t", sa.Column("id", sa.String(36), nullable=False), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(always=True, start=5), nullable=False), sa.PrimaryKeyConstraint("id"))
op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(start=5, increment=2)), sa.Column("b", sa.Integer()))
op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(minvalue=1, maxvalue=99, cycle=True, cache=5), primary_key=True))
op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer(), sa.Computed("a+1", persisted=True)))
op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer(), sa.Computed("a+1", persisted=False)))
op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer(), sa.Computed("a+1")))
op.create_table("t", sa.Column("a", sa.Integer(), index=True), sa.Column("u", sa.Integer(), unique=True))
op.create_table("t", sa.Column("a", sa.Integer(), index=True, unique=True))
op.create_table("t", sa.Column("a", sa.Integer()), schema="sc")
op.create_table("t", sa.Column("a", sa.Integer(), comment="col's"), comment="tab")
op.create_table("t", sa.Column("a", sa.Integer()), if_not_exists=True)
op.create_table("t", sa.Column("a", sa.Integer()), prefixes=["TEMPORARY"])
op.create_table("t", sa.Column("a", sa.Integer()), mysql_engine="InnoDB", mysql_charset="utf8mb4")
op.create_table("t", sa.Column("a", sa.Integer()), mysql_engine="InnoDB")
op.create_table("t", sa.Column("a", sa.Integer()), mariadb_engine="InnoDB")
op.create_table("t", sa.Column("a", sa.Integer()), mysql_collate="utf8mb4_bin", mysql_row_format="DYNAMIC")
op.create_table("t", sa.Column("a", sa.Integer()), postgresql_partition_by="RANGE (a)", sqlite_strict=True, oracle_compress=True)
op.create_table("t", sa.Column("a", sa.Integer(), primary_key=True), sqlite_autoincrement=True)
op.create_table("t", sa.Column("a", sa.Integer()), oracle_on_commit="PRESERVE ROWS", postgresql_on_commit="PRESERVE ROWS")
op.create_table("t", sa.Column("u", sa.Integer()), sa.ForeignKeyConstraint(["u"], ["users.id"], name="fk", ondelete="CASCADE", onupdate="SET NULL"), sa.UniqueConstraint("u", name="uq"), sa.CheckConstraint("u > 0", name="ck"))
op.create_table("t", sa.Column("u", sa.Integer()), sa.ForeignKeyConstraint(["u"], ["users.id"], name="fk", deferrable=True, initially="DEFERRED"))
op.create_table("t", sa.Column("u", sa.Integer(), sa.ForeignKey("sc.users.id", ondelete="CASCADE")))
op.create_table("t", sa.Column("u", sa.Integer(), sa.ForeignKey("users.id", name="fk_u", ondelete="SET NULL")))
op.create_table("t", sa.Column("u", sa.Integer(), sa.ForeignKey("users.id", ondelete="RESTRICT")))
op.create_table("t", sa.Column("u", sa.Integer(), sa.ForeignKey("users.id", ondelete="NO ACTION")))
op.create_table("t", sa.Column("e", sa.Enum("a", "b", name="en")), sa.Column("f", sa.Boolean()))
op.create_table("t", sa.Column("e", sa.Enum("a", "b", name="en", create_constraint=True)), sa.Column("f", sa.Boolean(create_constraint=True, name="ckf")))
op.create_table("t", sa.Column("e", postgresql.ENUM("a", "b", name="en", create_type=False)))
op.create_table("Order", sa.Column("User Id", sa.Integer()), sa.Column("select", sa.Integer()), sa.Column("camelCase", sa.Integer()))
op.create_table("t", sa.Column("_a", sa.Integer()), sa.Column("a$b", sa.Integer()), sa.Column("1a", sa.Integer()), sa.Column("user", sa.Integer()))
op.create_table("t", sa.Column("a`b", sa.Integer()), sa.Column('a"b', sa.Integer()), sa.Column("a]b", sa.Integer()))
op.create_table("t", sa.Column("d", sa.DateTime(), server_default=sa.func.now(), nullable=False), sa.Column("f", sa.Boolean(), server_default=sa.true()))
op.create_table("t", sa.Column("d", sa.TIMESTAMP(), nullable=True), sa.Column("x", sa.TIMESTAMP(), nullable=False))
op.create_table("t", sa.Column("a", sa.Integer(), sa.CheckConstraint("a > 1", name="ck_a")), sa.CheckConstraint("a < 9"))
op.create_table("t", sa.Column("a", sa.Integer()), sa.UniqueConstraint("a", name="uq", mssql_clustered=True), sa.PrimaryKeyConstraint("a", name="pk", mssql_clustered=False))
op.drop_table("t")
op.drop_table("t", schema="sc")
op.drop_table("t", schema="sc", if_exists=True)
op.rename_table("a", "b")
op.rename_table("a", "b", schema="sc")
op.rename_table("Old", "order")
op.create_table_comment("t", "it's", schema="sc")
op.create_table_comment("t", "it's")
op.create_table_comment("t", "new", existing_comment="old")
op.drop_table_comment("t")
op.drop_table_comment("t", existing_comment="old")
'''

COLUMNS = '''
op.add_column("t", sa.Column("x", sa.String(20), nullable=False, server_default="x"))
op.add_column("t", sa.Column("x", sa.Integer()), schema="sc")
op.add_column("t", sa.Column("x", sa.Integer()), if_not_exists=True)
op.add_column("t", sa.Column("x", sa.Integer(), sa.ForeignKey("u.id", name="fk1")))
op.add_column("t", sa.Column("x", sa.Integer(), sa.ForeignKey("u.id")), inline_references=True)
op.add_column("t", sa.Column("x", sa.Integer(), primary_key=True), inline_primary_key=True)
op.add_column("t", sa.Column("x", sa.Integer(), unique=True))
op.add_column("t", sa.Column("x", sa.Integer(), index=True))
op.add_column("t", sa.Column("x", sa.Integer(), comment="hi"))
op.add_column("t", sa.Column("x", sa.Enum("a", "b", name="en")))
op.add_column("t", sa.Column("x", sa.Boolean(create_constraint=True)))
op.add_column("t", sa.Column("x", sa.Integer(), sa.CheckConstraint("x > 1", name="ck")))
op.add_column("t", sa.Column("x", sa.Integer(), sa.Computed("a + 1")))
op.add_column("t", sa.Column("x", sa.Integer(), sa.Identity()))
op.add_column("t", sa.Column("x", sa.DateTime(), server_default=sa.func.now(), nullable=False))
op.add_column("t", sa.Column("Mixed Case", sa.Integer(), nullable=False, server_default="0"))
op.drop_column("t", "x")
op.drop_column("t", "x", schema="sc")
op.drop_column("t", "x", schema="sc", if_exists=True)
op.drop_column("t", "x", mssql_drop_default=True)
op.drop_column("t", "x", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True)
op.alter_column("t", "x", nullable=False)
op.alter_column("t", "x", nullable=False, existing_type=sa.Integer())
op.alter_column("t", "x", nullable=True, existing_type=sa.Integer())
op.alter_column("t", "x", nullable=True, existing_type=sa.String(10), schema="sc")
op.alter_column("t", "x", type_=sa.String(50))
op.alter_column("t", "x", type_=sa.String(50), existing_type=sa.String(10), existing_nullable=False)
op.alter_column("t", "x", type_=sa.String(50), existing_type=sa.String(10), existing_nullable=True)
op.alter_column("t", "x", type_=sa.Integer(), existing_type=sa.String(10), postgresql_using="x::integer")
op.alter_column("t", "x", type_=sa.Boolean(), existing_type=sa.Integer())
op.alter_column("t", "x", server_default="x")
op.alter_column("t", "x", server_default="x", existing_type=sa.String(10))
op.alter_column("t", "x", server_default="y", existing_server_default="x", existing_type=sa.String(10))
op.alter_column("t", "x", server_default=sa.text("now()"), existing_type=sa.DateTime())
op.alter_column("t", "x", server_default=None)
op.alter_column("t", "x", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
op.alter_column("t", "x", new_column_name="d")
op.alter_column("t", "x", new_column_name="d", existing_type=sa.Integer())
op.alter_column("t", "x", new_column_name="Order", existing_type=sa.Integer())
op.alter_column("t", "x", new_column_name="d", existing_type=sa.Integer(), existing_nullable=False, existing_server_default="5", schema="sc")
op.alter_column("t", "x", nullable=False, type_=sa.String(5), server_default="q", new_column_name="d", existing_type=sa.String(9))
op.alter_column("t", "x", comment="it's")
op.alter_column("t", "x", comment="it's", existing_type=sa.Integer())
op.alter_column("t", "x", comment=None, existing_comment="old", existing_type=sa.Integer())
op.alter_column("t", "x", autoincrement=True, existing_type=sa.Integer())
op.alter_column("t", "x", server_default=sa.Identity(), existing_type=sa.Integer(), existing_server_default=None)
op.alter_column("t", "x", nullable=False, existing_type=sa.DateTime(), existing_server_default=sa.text("CURRENT_TIMESTAMP"))
op.alter_column("t", "x", nullable=False, existing_type=mysql.BIGINT(unsigned=True))
'''

CONSTRAINTS = '''
op.create_primary_key("pk", "t", ["a", "b"])
op.create_unique_constraint("uq", "t", ["a", "b"], schema="sc")
op.create_unique_constraint(None, "t", ["a"])
op.create_unique_constraint("uq", "t", ["a"], deferrable=True, initially="DEFERRED")
op.create_unique_constraint("uq", "t", ["a"], postgresql_nulls_not_distinct=True)
op.create_foreign_key("fk", "t", "u", ["a"], ["id"], ondelete="CASCADE", onupdate="RESTRICT")
op.create_foreign_key("fk", "t", "u", ["a"], ["id"], ondelete="SET NULL", onupdate="CASCADE")
op.create_foreign_key("fk", "t", "u", ["a"], ["id"], deferrable=True, initially="IMMEDIATE", match="FULL")
op.create_foreign_key(None, "t", "u", ["a"], ["id"], source_schema="s1", referent_schema="s2")
op.create_foreign_key("fk", "t", "u", ["a"], ["id"], use_alter=True, postgresql_not_valid=True)
op.create_foreign_key("fk", "t", "t", ["a", "b"], ["c", "d"])
op.create_check_constraint("ck", "t", "a > 5")
op.create_check_constraint("ck", "t", sa.column("a") > 5)
op.create_check_constraint("ck", "t", sa.and_(sa.column("a") > 5, sa.column("b").in_(["x", "y"])))
op.create_check_constraint("ck", "t", sa.func.len(sa.column("a")) > 5)
op.create_check_constraint("ck", "t", sa.column("b", sa.String).like("a%"))
op.create_exclude_constraint("ex", "t", ("p", "&&"), where=sa.text("p > 1"), using="gist")
op.drop_constraint("c", "t")
op.drop_constraint("c", "t", type_="foreignkey")
op.drop_constraint("c", "t", type_="unique")
op.drop_constraint("c", "t", type_="primary")
op.drop_constraint("c", "t", type_="check")
op.drop_constraint("c", "t", type_="unique", schema="sc")
op.drop_constraint("c", "t", type_="unique", if_exists=True, schema="sc")
op.create_index("ix", "t", ["a"])
op.create_index("ix", "t", ["a", "b"], unique=True, schema="sc")
op.create_index("ix", "t", [sa.text("lower(a)")])
op.create_index("ix", "t", [sa.text("lower(a)")], if_not_exists=True)
op.create_index("ix", "t", [sa.literal_column("a DESC"), "b"])
op.create_index("ix", "t", [sa.func.lower(sa.column("b"))])
op.create_index("ix", "t", ["a"], postgresql_using="gin", postgresql_ops={"a": "gin_trgm_ops"}, postgresql_where=sa.text("a > 5"), postgresql_include=["z"], postgresql_with={"fillfactor": 50}, postgresql_tablespace="ts")
op.create_index("ix", "t", ["a"], postgresql_concurrently=True)
op.create_index("ix", "t", ["a"], mysql_length=10, mysql_prefix="FULLTEXT", mysql_using="btree", mariadb_length=10)
op.create_index("ix", "t", ["a", "b"], mysql_length={"a": 10, "b": 5}, mariadb_length={"a": 3})
op.create_index("ix", "t", ["b", "a"], mysql_length={"a": 10, "b": 5})
op.create_index("ix", "t", ["a"], mysql_prefix="FULLTEXT", mysql_with_parser="ngram")
op.create_index("ix", "t", ["a"], mssql_clustered=True, mssql_include=["z"], mssql_where=sa.text("a>5"))
op.create_index("ix", "t", ["a"], mssql_clustered=False)
op.create_index("ix", "t", ["a"], sqlite_where=sa.text("a>5"))
op.create_index("ix", "t", ["a"], oracle_bitmap=True)
op.create_index("ix", "t", ["a"], oracle_compress=1)
op.create_index(op.f("ix_t_a"), "t", ["a"])
op.create_index(None, "t", ["a"])
op.create_index("Ix Mixed", "My Table", ["My Col"])
op.drop_index("ix", table_name="t")
op.drop_index("ix", "t", schema="sc")
op.drop_index("ix", "t", schema="sc", if_exists=True)
op.drop_index("ix", "t", postgresql_concurrently=True)
op.drop_index("Ix Mixed", "My Table")
'''

RAW = '''
op.execute("UPDATE t SET a='x:y', b = '50%' WHERE c LIKE '%z%'")
op.execute(r"SELECT '12\\:30', a\\:\\:text, b::int")
op.execute(sa.text("UPDATE t SET a=:p, b=:q").bindparams(p="it's", q=5))
op.execute(sa.text("UPDATE t SET a=:p").bindparams(sa.bindparam("p", "x", type_=sa.String)))
op.execute("  SELECT 1  ")
op.execute("GRANT SELECT ON t TO reader")
op.execute("DELETE FROM t")
with op.batch_alter_table("t") as b: b.add_column(sa.Column("x", sa.Integer()))
with op.batch_alter_table("t", schema="sc") as b: b.create_index("ix", ["a"]); b.drop_index("iy")
with op.batch_alter_table("t") as b: b.alter_column("x", existing_type=sa.Integer(), nullable=False)
with op.batch_alter_table("t") as b: b.drop_column("x")
with op.batch_alter_table("t") as b: b.create_foreign_key("fk", "u", ["a"], ["id"]); b.drop_constraint("c", type_="unique")
with op.batch_alter_table("t", recreate="never") as b: b.drop_column("x")
with op.batch_alter_table("t") as b: b.create_unique_constraint("uq", ["a"]); b.create_check_constraint("ck", "a > 1")
with op.get_context().autocommit_block(): op.execute("ALTER TYPE e ADD VALUE 'x'")
sa.Enum("a", "b", name="en").create(op.get_bind(), checkfirst=False)
sa.Enum("a", "b", name="en").drop(op.get_bind(), checkfirst=False)
op.execute(sa.schema.CreateSequence(sa.Sequence("s", start=5, increment=2)))
op.execute(sa.schema.DropSequence(sa.Sequence("s")))
op.execute(sa.schema.CreateSchema("log book"))
op.execute(sa.table("t", sa.column("a")).insert().from_select(["a"], sa.select(sa.column("b")).select_from(sa.table("u")).order_by(sa.nulls_last(sa.desc("b")))))
op.execute(sa.schema.CreateSchema("x", if_not_exists=True))
op.execute(sa.schema.DropSchema("x"))
op.execute(sa.schema.DropSchema("x", if_exists=True))
op.execute(sa.schema.DropSchema("x", cascade=True))
op.bulk_insert(sa.table("t", sa.column("id", sa.Integer), sa.column("n", sa.String)), [{"id": 1, "n": "it's"}, {"id": 2, "n": None}])
op.bulk_insert(sa.table("t", sa.column("id", sa.Integer), sa.column("n", sa.String), schema="sc"), [{"id": 1}, {"n": "x"}])
'''

# Expressions over these tables, as statements.
DML = '''
t = sa.table("t", sa.column("id", sa.Integer), sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime), sa.column("n", sa.Numeric), sa.column("j", sa.JSON))
u = sa.table("u", sa.column("id", sa.Integer), sa.column("t_id", sa.Integer), sa.column("c", sa.String))
'''
STATEMENTS = """
t.update().where(t.c.a == "q").values(b=5)
t.update().values(a=None)
t.update().where(t.c.f).values(b=1)
t.update().where(sa.not_(t.c.f)).values(b=1)
t.update().where(t.c.f == sa.true()).values(b=1)
t.update().where(t.c.f.is_(True)).values(f=False)
t.update().values(f=sa.false())
t.update().where(t.c.a.is_(None)).values(a="x")
t.update().where(t.c.a.isnot(None)).values(a=t.c.a + "x")
t.update().where(t.c.a.in_(["x", "y"])).values(b=1)
t.update().where(~t.c.a.in_(["x", "y"])).values(b=1)
t.update().where(t.c.a.in_([])).values(b=1)
t.update().where(t.c.b.between(1, 5)).values(b=1)
t.update().where(t.c.a.like("a%")).values(b=1)
t.update().where(t.c.a.ilike("a%")).values(b=1)
t.update().where(t.c.a.like("a/%", escape="/")).values(b=1)
t.update().where(t.c.a.startswith("a")).values(b=1)
t.update().where(t.c.a.contains("a")).values(b=1)
t.update().where(sa.or_(t.c.b == 1, sa.and_(t.c.b == 2, t.c.a != "z"))).values(b=3)
t.update().where(t.c.a.is_distinct_from("z")).values(b=3)
t.update().where(t.c.a.isnot_distinct_from("z")).values(b=3)
t.update().values(b=t.c.b + 1)
t.update().values(b=(t.c.b + 1) * 2 - t.c.id)
t.update().values(b=t.c.b % 3)
t.update().values(n=t.c.n / 4)
t.update().values(b=-t.c.b)
t.update().values(b=sa.func.coalesce(t.c.b, 0))
t.update().values(a=sa.func.lower(sa.func.trim(t.c.a)))
t.update().values(a=sa.cast(t.c.b, sa.String(20)))
t.update().values(b=sa.cast(t.c.a, sa.Integer))
t.update().values(n=sa.cast(t.c.a, sa.Numeric(10, 2)))
t.update().values(d=sa.cast(t.c.a, sa.DateTime))
t.update().values(a=sa.case((t.c.b > 5, "big"), else_="small"))
t.update().values(a=sa.case((t.c.b == 1, "one"), (t.c.b == 2, "two")))
t.update().values(d=sa.func.now())
t.update().values(d=sa.func.current_timestamp())
t.update().values(b=sa.extract("year", t.c.d))
t.update().values(b=sa.select(sa.func.count(u.c.id)).where(u.c.t_id == t.c.id).scalar_subquery())
t.update().values(a=sa.select(u.c.c).where(u.c.t_id == t.c.id).limit(1).scalar_subquery())
t.update().where(sa.exists(sa.select(u.c.id).where(u.c.t_id == t.c.id))).values(b=1)
t.update().where(t.c.id.in_(sa.select(u.c.t_id))).values(b=1)
t.update().where(t.c.id == u.c.t_id).values(a=u.c.c)
t.update().where(t.c.id == u.c.t_id).where(u.c.c == "x").values(a=u.c.c, b=5)
t.delete()
t.delete().where(t.c.a.in_(["x", "y"]))
t.delete().where(t.c.id == u.c.t_id)
t.delete().where(t.c.id.in_(sa.select(u.c.t_id).where(u.c.c == "x")))
t.insert().values(a="x", b=None)
t.insert().values(a="x", d=datetime.datetime(2024, 1, 2, 3, 4, 5))
t.insert().values(a=sa.func.upper("x"))
t.insert().values([{"a": "x"}, {"a": "y"}])
t.insert().from_select(["a", "b"], sa.select(u.c.c, u.c.id))
t.insert().from_select(["a"], sa.select(u.c.c).where(u.c.id > 5).distinct())
t.insert().from_select(["a"], sa.select(u.c.c).order_by(u.c.id.desc()).limit(10))
t.insert().from_select(["a"], sa.select(u.c.c).order_by(u.c.id).limit(10).offset(5))
t.insert().from_select(["a"], sa.select(u.c.c).limit(10).offset(5).limit(None).offset(None))
t.insert().from_select(["a", "b"], sa.select(sa.literal("x"), u.c.id))
t.insert().from_select(["a", "b"], sa.select(u.c.c, sa.func.count()).group_by(u.c.c).having(sa.func.count() > 1))
t.insert().from_select(["a"], sa.select(u.c.c).union_all(sa.select(t.c.a)))
t.insert().from_select(["a"], sa.select(u.c.c).except_(sa.select(t.c.a)))
t.insert().from_select(["a"], sa.select(u.c.c).select_from(u.join(t, u.c.t_id == t.c.id)))
t.insert().from_select(["a"], sa.select(u.c.c).select_from(u.outerjoin(t, u.c.t_id == t.c.id)).where(t.c.id.is_(None)))
t.insert().from_select(["a"], sa.select(u.alias("v").c.c))
t.insert().from_select(["b"], sa.select(sa.func.max(u.c.id)).where(u.c.c.isnot(None)))
t.update().where(t.c.a == sa.literal_column("'x'")).values(b=sa.text("b + 1"))
t.update().where(sa.text("a = 'x'")).values(b=1)
t.update().where(t.c.a == sa.bindparam("p", "v")).values(b=1)
t.update().values({t.c.a: op.inline_literal("z")})
t.update().where(t.c.a.concat("y") == "xy").values(b=1)
t.update().where(sa.func.length(t.c.a) > 3).values(b=1)
t.update().where(t.c.a.collate("xx") == "b").values(b=1)
t.update().values(b=sa.func.row_number().over(order_by=t.c.id))
t.update().where(t.c.b != 5).where(t.c.b <= 7).values(b=t.c.b.op("|")(1))
t.update().where(sa.tuple_(t.c.id, t.c.b).in_([(1, 2), (3, 4)])).values(b=1)
t.update().where(sa.func.abs(t.c.b) >= 2).values(a=sa.type_coerce(t.c.b, sa.String))
t.update().where(sa.null() == t.c.a).values(b=1)
t.update().where(t.c.b == 1.5).values(b=1)
t.update().where(1.5 < t.c.b).values(b=1.5)
t.update().where(t.c.b.in_([1.5, 2])).values(b=1)
t.update().where(t.c.b.in_(sa.bindparam("p", [1.5, 2], expanding=True))).values(b=1)
t.update().where(t.c.b.between(decimal.Decimal("0.5"), 2.5)).values(b=1)
t.update().where(t.c.b == sa.bindparam("p", 1.5)).values(b=t.c.b * 1.5)
t.update().where(sa.cast(t.c.a, sa.Integer) > 1.5).values(b=sa.case((t.c.a == "x", t.c.b), else_=1.5))
t.update().where(t.c.b == sa.literal(1.5, sa.Integer)).values(b=sa.cast(1.5, sa.Integer))
t.update().where(sa.case((1.5, t.c.a), value=t.c.b) == "x").values(b=sa.case((t.c.a == "x", 0.5), else_=t.c.b))
"""


# what stands in WITH: one, one that reads another, under another name
CTES = """
x = sa.select(u.c.id, u.c.c).where(u.c.id > 5).cte("x"); y = sa.select(x.c.id, sa.func.count().label("n")).where(x.c.id < 9).group_by(x.c.id).cte("y"); z = x.alias("z")
"""
WITH_CTES = """
sa.select(x.c.id).where(x.c.c == "q")
t.insert().from_select(["id", "a"], sa.select(x.c.id, x.c.c))
t.update().values(b=1).where(t.c.id.in_(sa.select(x.c.id)))
t.update().values(a=x.c.c).where(t.c.id == x.c.id)
t.delete().where(t.c.id.in_(sa.select(x.c.id)))
t.delete().where(sa.exists().where(y.c.id == t.c.id)).where(t.c.b.in_(sa.select(x.c.id)))
t.delete().where(t.c.id == x.c.id)
sa.select(x.c.id, y.c.n).where(x.c.id == y.c.id)
t.insert().from_select(["id", "a"], sa.select(z.c.id, x.c.c).where(x.c.id == z.c.id))
sa.select(x.c.id).union_all(sa.select(t.c.id))
sa.select(t.c.a).select_from(t.join(x, x.c.id == t.c.id))
t.update().values(b=sa.select(sa.func.max(x.c.id)).scalar_subquery())
t.update().values(b=sa.select(x.c.id).where(x.c.id == t.c.id).scalar_subquery()).where(t.c.b > 1)
t.insert().values(a=sa.select(x.c.c).scalar_subquery())
sa.select(sa.select(x.c.id).subquery("q").c.id)
"""

# which tables a subquery reads itself: one level around it, and those that it names
NESTED = """
t, u, v = [sa.table(name, sa.column("id", sa.Integer), sa.column("a", sa.Integer), sa.column("n", sa.String)) for name in "tuv"]
x, y = t.alias("x"), u.alias("y")
"""
SUBQUERIES = """
sa.exists().where(v.c.a == t.c.a)
sa.exists().where(v.c.a == u.c.a)
sa.exists().where(sa.and_(v.c.n == t.c.n, v.c.a == u.c.a))
sa.exists().where(x.c.a == t.c.a)
sa.exists().where(y.c.a == u.c.a)
sa.exists().where(v.c.a == 1)
sa.exists().where(t.c.a == 1)
sa.exists(sa.select(sa.literal_column("1")).select_from(v).where(v.c.a == t.c.a))
sa.exists(sa.select(sa.literal_column("1")).select_from(t).where(v.c.a == t.c.a))
sa.exists(sa.select(sa.literal_column("1")).select_from(v.join(y, v.c.id == y.c.id)).where(v.c.a == t.c.a))
sa.exists().where(v.c.a == t.c.a).where(sa.exists().where(x.c.id == v.c.id))
sa.exists().where(v.c.a == t.c.a).where(sa.exists().where(x.c.id == v.c.id).where(x.c.a == t.c.a))
sa.exists(sa.select(v.c.id).where(v.c.a == t.c.a).correlate(t))
sa.exists(sa.select(v.c.id).where(v.c.a == t.c.a).correlate(u))
sa.exists(sa.select(v.c.id).where(v.c.a == t.c.a).correlate_except(v))
sa.exists(sa.select(v.c.id).where(v.c.a == t.c.a).correlate(None))
sa.exists().where(v.c.a == 1).where(sa.exists(sa.select(x.c.id).where(sa.and_(x.c.id == v.c.id, x.c.a == t.c.a)).correlate(v, t)))
t.c.a.in_(sa.select(v.c.a).where(v.c.id == t.c.id))
t.c.a.in_(sa.select(u.c.a).where(u.c.id == t.c.id))
t.c.a == sa.select(sa.func.max(v.c.a)).where(v.c.id == u.c.id).scalar_subquery()
t.c.a == sa.select(v.c.a).where(v.c.id == t.c.id).union_all(sa.select(x.c.a).where(x.c.id == t.c.id)).scalar_subquery()
"""
AROUND = """
t.update().values(n="q").where(SUB)
t.update().values(n=u.c.n).where(t.c.id == u.c.id).where(SUB)
t.delete().where(SUB)
t.delete().where(t.c.id == u.c.id).where(SUB)
v.insert().from_select(["a"], sa.select(t.c.a).where(SUB))
v.insert().from_select(["a"], sa.select(t.c.a).where(t.c.id == u.c.id).where(SUB))
"""

# what meets a column of a Python enum: of one without a value of SQL's, of texts, with labels of its own, of numbers
ENUMS = """
import enum
class S(enum.Enum): A, B = "x", "y"
class N(str, enum.Enum): A, B = "x", "y"
class I(enum.IntEnum): A, B = 1, 2
t = sa.table("t", sa.column("id", sa.Integer), sa.column("s", sa.Enum(S, name="st")), sa.column("n", sa.Enum(N, name="nm")),
    sa.column("v", sa.Enum(N, name="vn", values_callable=lambda e: [x.value for x in e])), sa.column("i", sa.Enum(I, name="ie")), sa.column("x", sa.String))
"""
MEETS_ENUM = """
t.c.C == M.A | M.A == t.c.C | t.c.C != M.A | t.c.C.in_([M.A, M.B]) | t.c.C.notin_([M.A]) | t.c.C.in_((M.A,)) | ~t.c.C.in_([M.A]) | t.c.C.between(M.A, M.B)
t.c.C > M.A | t.c.C == sa.literal(M.A, t.c.C.type) | t.c.C == sa.literal(M.A) | t.c.C == sa.bindparam("z", M.A)
t.c.C == sa.cast(M.A, t.c.C.type) | sa.or_(t.c.C == M.A, t.c.C == None) | t.c.C == M.A.name | sa.tuple_(t.c.id, t.c.C).in_([(1, M.A)])
t.c.C.op("=")(M.A) | sa.type_coerce(t.c.x, t.c.C.type) == M.A | sa.case((t.c.C == M.A, 1), else_=2) == 1 | sa.func.max(t.c.C) == M.A
sa.select(t.c.C).scalar_subquery() == M.A | t.c.C.label("q") == M.A | sa.exists().where(t.c.C == M.A) | sa.case((t.c.id == 1, t.c.C)) == M.A
sa.between(t.c.C, M.A, M.B) | sa.func.coalesce(t.c.C, M.A) == M.A | t.c.C == sa.func.nullif(t.c.C, M.A) | t.c.C == M.A.value
"""
SETS_ENUM = """
t.update().values(C=M.A) | t.update().values({t.c.C: M.B}) | t.insert().values(C=M.A) | t.insert().values([{"C": M.A}]) | t.insert().values(C=M.A.value)
t.update().values(C=sa.literal(M.A)) | t.update().values(C=sa.cast(M.A, t.c.C.type)) | t.update().values(C=sa.case((t.c.C == M.A, t.c.C)))
sa.text("SELECT :a").bindparams(sa.bindparam("a", M.A, t.c.C.type))
"""


def _lines(text):
    return [line for line in text.strip().split("\n") if line.strip()]


def _cells(text, separator):
    return [cell.strip() for line in _lines(text) for cell in line.split(separator) if cell.strip()]


def all_cases():
    """(topic, what the chain has built before, body) of each"""
    out = []
    for cell in _cells(TYPES, " | "):
        out.append(("type", "", 'op.add_column("t", sa.Column("x", %s))' % cell))
    for cell in _cells(DEFAULTS, " | "):
        out.append(("default", "", 'op.add_column("t", sa.Column("x", sa.String(9), server_default=%s))' % cell))
    for cell in _cells(LITERALS, "~"):
        kind, value = cell.split(" | ", 1)
        out.append(("literal", "", 'op.bulk_insert(sa.table("t", sa.column("x", %s)), [{"x": %s}])' % (kind, value)))
    for topic, text in (("table", TABLES), ("column", COLUMNS), ("constraint", CONSTRAINTS), ("raw", RAW)):
        out += [(topic, "", line) for line in _lines(text)]
    for line in _lines(STATEMENTS):
        out.append(("statement", "", DML.strip() + "\nop.execute(%s)" % line))
    for line in _lines(WITH_CTES):
        out.append(("with", "", DML.strip() + CTES.rstrip() + "\nop.execute(%s)" % line))
    for around in _lines(AROUND):
        out += [("subquery", "", NESTED.strip() + "\nop.execute(%s)" % around.replace("SUB", line)) for line in _lines(SUBQUERIES)]
    for column, name in (("s", "S"), ("n", "N"), ("v", "N"), ("i", "I")):
        calls = ["t.update().values(id=1).where(%s)" % cell for cell in _cells(MEETS_ENUM, " | ")] + _cells(SETS_ENUM, " | ")
        for call in calls:
            call = re.sub(r"\bC\b", column, re.sub(r"\bM\b", name, call))
            out.append(("enum", "", ENUMS.strip() + "\nop.execute(%s)" % call))
    for line in ('op.alter_column("t", "c", type_=sa.String(50))', 'op.alter_column("t", "a", nullable=False)',
                 'op.alter_column("t", "c", new_column_name="e")', 'op.alter_column("t", "a", server_default="5")',
                 'op.drop_column("t", "a")', 'op.create_index("ix_a", "t", ["a"]); op.drop_index("ix_a")',
                 'op.create_unique_constraint("uq_a", "t", ["a"]); op.drop_constraint("uq_a", "t")'):
        out.append(("known", KNOWN.strip(), line))
    return out
