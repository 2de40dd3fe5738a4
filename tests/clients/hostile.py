"""A chain whose values, names and texts are made to be misread by clients."""
import os

VALUES = ["GO", "a\nGO\nb", "\n/\n", "/", ".", "a\n.\nb", "&x", "&&x.y", "$(x)", "a$(SQLCMDSERVER)b", "ends with ;", "a;\nb", "a ;\n", "", "\n\n\n", " ", "it's",
          "''", "'; DROP TABLE t; --", "-- not a comment", "/* not", "*/", "a -\nb", "ends with -", "@file", "\n@file\n", "#x", "!ls", "\n:r file\n", "\n!!dir\n",
          "EXIT\nQUIT\nRESET\nED", "\r\n", "\t", "back\\slash", "ends with \\", "\\\n", "q'[x]'", "]]'", "N'x'", "\u0001\u007f", "\u00e9", "\u4e2d\u6587", "\U0001f600", "\U0010ffff",
          "a\U0001f600b\nc", "\u202e\u2028\u200b\ufeff", "%s %% {x} {{x}}", "x" * 3000, "'" * 3000, "\u00e9" * 3000, "\n" * 700, "$(" * 500, "&" * 900,
          "x" * 5000, "\u4e2d" * 3000, "a\n" * 2000, ("y" * 79 + "\n") * 60, "\U0001f600" * 1200]

HEAD = '"""%s"""\nrevision = "%s"\ndown_revision = %r\nfrom alembic import op\nimport sqlalchemy as sa\n\n\n'

MSSQL = r'''
    if op.get_bind().dialect.name == "mssql":
        op.execute("CREATE VIEW odd_view AS\nSELECT id, 'it''s' AS s\nFROM plain -- a remark")
        op.execute("CREATE OR ALTER PROCEDURE p @a INT AS\nBEGIN\n  IF @a = 0 RETURN;\n  SELECT 'x;';\n  ROLLBACK;\nEND")
        op.execute("DECLARE @n INT = 1;\nUPDATE plain SET id = id + @n WHERE 1 = 0;\nIF @n = 2 RAISERROR('no', 16, 1)")
        op.execute("IF EXISTS (SELECT 1 FROM plain WHERE id < 0) RETURN")
        op.execute("UPDATE plain SET txt = 'a -- b' /* why */ -- because")
        op.execute("EXEC sp_rename 'plain.txt', 'text', 'COLUMN'")
        op.execute("EXEC sp_rename 'plain.text', 'txt', 'COLUMN'")
        op.execute("SELECT count(*) FROM plain WHERE id < 0 -- none")  # waybill: expect 0
        op.execute("/* a remark of its own\nGO on */")
'''
MSSQL_DOWN = r'''
    if op.get_bind().dialect.name == "mssql":
        op.execute("DROP PROCEDURE p")
        op.execute("DROP VIEW odd_view")
'''
ORACLE = r'''
    if op.get_bind().dialect.name == "oracle":
        op.execute("CREATE OR REPLACE TRIGGER \"Odd Trigger\" BEFORE INSERT ON plain FOR EACH ROW\nDECLARE\n  n NUMBER;\nBEGIN\n  n := 4 / 2;\n  \\:NEW.txt := 'x;';\nEND;")
        op.execute("CREATE OR REPLACE PACKAGE BODY pk AS PROCEDURE p IS BEGIN NULL; END; END;")
        op.execute("BEGIN\n  UPDATE plain SET id = id + 1;\nEND;")
        op.execute("UPDATE plain SET txt = q'[it's; (]' /* why */")
        op.execute("UPDATE plain SET txt = 'a -- b'\n\nWHERE id = 0 -- because")
        op.execute("SELECT count(*) FROM plain WHERE id < 0 -- none")  # waybill: expect 0
        op.execute("DELETE FROM plain WHERE id < 0")
        op.execute("/* a remark of its own;\nGO on - */")
'''
ORACLE_DOWN = r'''
    if op.get_bind().dialect.name == "oracle":
        op.execute("DROP TRIGGER \"Odd Trigger\"")
        op.execute("DROP PACKAGE pk")
'''


def write(folder, ampersand="&"):
    versions = os.path.join(folder, "versions")
    os.makedirs(versions)
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")

    def revision(name, down, title, up, back):
        with open(os.path.join(versions, name + ".py"), "w", encoding="utf-8") as f:
            f.write(HEAD % (title, name, down) + "def upgrade():\n" + up + "\n\ndef downgrade():\n" + back)

    odd = "Order %s \"co\" [x]" % ampersand   # where a client asks for a value at &, a name with it is refused
    revision("h1", None, "Odd names; a $(variable) -",
             "    op.create_table('plain', sa.Column('id', sa.Integer(), autoincrement=False, primary_key=True), sa.Column('txt', sa.Text()), sa.Column('GO', sa.String(40), server_default=%r))\n"
             "    op.create_table(%r, sa.Column('ID', sa.Integer(), autoincrement=False, primary_key=True), sa.Column('select', sa.String(10), nullable=False),"
             " sa.Column('a b', sa.String(20)), sa.CheckConstraint(sa.column('a b') != 'x\\n/\\ny', name='ck odd'))\n"
             "    op.create_index('ix odd', %r, ['select', 'a b'])\n" % ("a\nGO\n$(x) & -", odd, odd),
             "    op.drop_index('ix odd', table_name=%r)\n    op.drop_table(%r)\n    op.drop_table('plain')\n" % (odd, odd))
    rows = ",\n        ".join("{'id': %d, 'txt': %r}" % (i, v) for i, v in enumerate(VALUES))
    revision("h2", "h1", "Odd values; /", "    t = sa.table('plain', sa.column('id', sa.Integer()), sa.column('txt', sa.Text()))\n    op.bulk_insert(t, [\n        %s,\n    ])\n" % rows,
             "    op.execute('DELETE FROM plain')\n")
    revision("h3", "h2", "Odd statements @x", (MSSQL + ORACLE).lstrip("\n"), (MSSQL_DOWN + ORACLE_DOWN).lstrip("\n"))
    revision("h4", "h3", "Comments and defaults", "    op.add_column('plain', sa.Column('c', sa.String(50), nullable=True, comment=%r))\n"
             "    op.alter_column('plain', 'c', existing_type=sa.String(50), server_default=%r)\n    op.alter_column('plain', 'c', new_column_name='C d', existing_type=sa.String(50))\n    op.create_table_comment('plain', 'a & b')\n" % ("it's\n$(x); & -\n/\nGO", "x\ny"),
             "    op.drop_table_comment('plain')\n    op.alter_column('plain', 'C d', new_column_name='caf\u00e9', existing_type=sa.String(50))\n    op.drop_column('plain', 'caf\u00e9')\n")
    return os.path.join(folder, "alembic.ini")


REVISIONS = ["h1", "h2", "h3", "h4"]
