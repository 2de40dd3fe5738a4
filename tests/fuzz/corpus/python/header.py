"""doc

Revision ID: a
"""
from alembic import op
import sqlalchemy as sa
revision: str = "a" "b"
down_revision = ("x", "y")
def upgrade(op, tables, tester) -> None:
    with op.batch_alter_table("t") as b:
        b.add_column(sa.Column("x", sa.String(length=20), nullable=False))
    op.execute(f"""UPDATE {tables!r:>10} SET a = {1 + 2:05d}""")
    for name in ["a", "b"]:
        op.drop_column(name, "t")
