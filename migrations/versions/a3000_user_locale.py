"""Users have a locale, nullable at first, and filled.

Revision ID: a3000
Revises: a2000
Create Date: 2026-01-19 09:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a3000"
down_revision: Union[str, None] = "a2000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

users = sa.table("users", sa.column("id", sa.Integer), sa.column("email", sa.String), sa.column("locale", sa.String))


def upgrade() -> None:
    op.add_column("users", sa.Column("locale", sa.String(10), nullable=True))
    op.execute(users.update().where(users.c.email.like("%.de")).values(locale="de-DE"))
    op.execute(users.update().where(users.c.locale.is_(None)).values(locale="en-US"))


def downgrade() -> None:
    op.drop_column("users", "locale")
