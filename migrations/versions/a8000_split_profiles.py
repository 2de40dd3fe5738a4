"""Profiles get a table of their own.

What describes a person moves from users to profiles. The old columns stay for one release, so that a rollback of the
application finds them; the next revision drops them.

Revision ID: a8000
Revises: a7000
Create Date: 2026-04-06 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a8000"
down_revision: Union[str, None] = "a7000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

users = sa.table("users", sa.column("id", sa.Integer), sa.column("bio", sa.Text), sa.column("avatar_url", sa.String))
profiles = sa.table("profiles", sa.column("user_id", sa.Integer), sa.column("bio", sa.Text), sa.column("avatar_url", sa.String))


def upgrade() -> None:
    op.create_table(
        "profiles",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("avatar_url", sa.String(255), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_profiles")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_profiles_user_id_users"), ondelete="CASCADE"),
    )
    op.execute(profiles.insert().from_select(["user_id", "bio", "avatar_url"], sa.select(users.c.id, users.c.bio, users.c.avatar_url)))


def downgrade() -> None:
    # profiles may have been edited since: what they say now goes back
    op.execute(
        users.update()
        .where(users.c.id == profiles.c.user_id)
        .values(bio=profiles.c.bio, avatar_url=profiles.c.avatar_url)
    )
    op.drop_table("profiles")
