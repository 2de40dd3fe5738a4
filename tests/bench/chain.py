"""A linear chain of N revisions, made from a fixed seed: a table with five columns, an index, a column on an earlier table."""
import os
import random

TEXT = '''"""create {table}

Revision ID: {rev}
Revises: {downs}
Create Date: 2026-01-{day:02d} 10:{minute:02d}:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "{rev}"
down_revision: Union[str, None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "{table}",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_{table}"),
    )
    op.create_index("ix_{table}_name", "{table}", ["name"], unique=False)
    op.add_column("{earlier}", sa.Column("{column}", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("{earlier}", "{column}")
    op.drop_index("ix_{table}_name", table_name="{table}")
    op.drop_table("{table}")
'''


def write(n, folder):
    """writes the chain and returns its head"""
    os.makedirs(folder, exist_ok=True)
    r = random.Random(4711)
    ids = []
    while len(ids) < n:
        rev = "%012x" % r.getrandbits(48)
        if rev not in ids[-50:]:
            ids.append(rev)
    for i, rev in enumerate(ids):
        table = "table_%05d" % i
        with open(os.path.join(folder, "%s_create_%s.py" % (rev, table)), "w") as f:
            f.write(TEXT.format(table=table, rev=rev, down=ids[i - 1] if i else None, downs=ids[i - 1] if i else "", day=i % 28 + 1,
                                minute=i % 60, earlier="table_%05d" % r.randrange(0, i + 1), column="extra_%05d" % i))
    return ids[-1]
