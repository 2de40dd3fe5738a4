"""Orders belong to users, and go with them.

The index comes before the foreign key; the way back drops them in reverse.

Revision ID: a7000
Revises: a6000
Create Date: 2026-03-16 09:00:00

"""
from typing import Sequence, Union

from alembic import op

revision: str = "a7000"
down_revision: Union[str, None] = "a6000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_user_id"), "orders", ["user_id"])
    with op.batch_alter_table("orders") as batch_op:
        batch_op.create_foreign_key(op.f("fk_orders_user_id_users"), "users", ["user_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_constraint(op.f("fk_orders_user_id_users"), type_="foreignkey")
    op.drop_index(op.f("ix_orders_user_id"), table_name="orders")
