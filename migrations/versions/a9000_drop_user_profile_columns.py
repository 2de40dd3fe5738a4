"""The profile columns of users are dropped, breaking: the rollback window is over.

The way back adds just what was dropped here, and fills it from profiles.

Revision ID: a9000
Revises: a8000
Create Date: 2026-05-04 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a9000"
down_revision: Union[str, None] = "a8000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

users = sa.table("users", sa.column("id", sa.Integer), sa.column("bio", sa.Text), sa.column("avatar_url", sa.String))
profiles = sa.table("profiles", sa.column("user_id", sa.Integer), sa.column("bio", sa.Text), sa.column("avatar_url", sa.String))


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("avatar_url")
        batch_op.drop_column("bio")


def downgrade() -> None:
    op.add_column("users", sa.Column("bio", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("avatar_url", sa.String(255), nullable=True))
    op.execute(
        users.update()
        .where(users.c.id == profiles.c.user_id)
        .values(bio=profiles.c.bio, avatar_url=profiles.c.avatar_url)
    )
