"""The locale is required, now that every row has one.

Revision ID: a4000
Revises: a3000
Create Date: 2026-02-02 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a4000"
down_revision: Union[str, None] = "a3000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("locale", existing_type=sa.String(10), nullable=False, server_default="en-US")


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("locale", existing_type=sa.String(10), nullable=True, server_default=None)
