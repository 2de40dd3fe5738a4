"""An audit log, a branch of its own beside the shop.

Revision ID: b1000
Revises:
Create Date: 2026-03-20 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "b1000"
down_revision: Union[str, None] = None
branch_labels: Union[str, Sequence[str], None] = ("audit",)
depends_on: Union[str, Sequence[str], None] = "a4000"


def upgrade() -> None:
    audit_events = op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("details", sa.JSON().with_variant(sa.Text(), "oracle"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.bulk_insert(audit_events, [{"what": "audit log created", "details": {"by": "migration", "it's": True}}])


def downgrade() -> None:
    op.drop_table("audit_events")
