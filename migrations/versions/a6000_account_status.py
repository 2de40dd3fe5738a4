"""Users have an account status, by an enum type.

The type is made for the new column; existing rows are given a status before the column becomes required.

Revision ID: a6000
Revises: a5000
Create Date: 2026-03-02 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a6000"
down_revision: Union[str, None] = "a5000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

account_status = sa.Enum("new", "active", "blocked", name="account_status")


def upgrade() -> None:
    op.add_column("users", sa.Column("status", account_status, nullable=True))
    bind = op.get_bind()
    cast = "::account_status" if bind.dialect.name == "postgresql" else ""
    bind.execute(
        sa.text(
            "UPDATE users SET status = (CASE WHEN id IN (SELECT user_id FROM orders) THEN :active ELSE :new END)" + cast.replace(":", "\\:")
        ),
        {"active": "active", "new": "new"},
    )
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("status", existing_type=account_status, nullable=False)


def downgrade() -> None:
    op.drop_column("users", "status")
