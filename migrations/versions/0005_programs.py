"""tokens of programs, reminders, and due dates that are said one by one"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("token", sa.Column("contract", sa.String(length=20), nullable=True))
    op.add_column("goal", sa.Column("reminds", sa.Boolean(), nullable=True))
    op.add_column("goal", sa.Column("reminder_date", sa.Date(), nullable=True))
    op.add_column("schedule_version", sa.Column("dates", sa.JSON(), nullable=True))
    op.add_column("occurrence", sa.Column("reminder_date", sa.Date(), nullable=True))
    op.add_column("occurrence", sa.Column("reminder_time", sa.Time(), nullable=True))
    op.add_column("mood", sa.Column("reasons_said", sa.LargeBinary(), nullable=True))
    op.create_table(
        "reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("wall", sa.Time(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_reminder_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
        sa.UniqueConstraint("goal_id", "wall", name=op.f("uq_reminder_goal_id_wall")),
    )


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_column("mood", "reasons_said")
    op.drop_column("occurrence", "reminder_time")
    op.drop_column("occurrence", "reminder_date")
    op.drop_column("schedule_version", "dates")
    op.drop_column("goal", "reminder_date")
    op.drop_column("goal", "reminds")
    op.drop_column("token", "contract")
