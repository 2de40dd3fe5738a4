"""Index the orders by the day they were placed.

An index on an existing column, up and down.

Revision ID: a2000
Revises: a1000
Create Date: 2026-01-12 09:00:00

"""
from typing import Sequence, Union

from alembic import op

revision: str = "a2000"
down_revision: Union[str, None] = "a1000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_placed_on"), "orders", ["placed_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_placed_on"), table_name="orders")
