"""pauses, tags and closed months"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    # Said as text: SQLite takes a check with a new column, and Alembic would add it apart.
    op.execute(
        "ALTER TABLE schedule_version ADD COLUMN skip_budget INTEGER"
        " CONSTRAINT ck_schedule_version_skip_budget CHECK (skip_budget BETWEEN 0 AND 31)"
    )
    op.execute(
        "ALTER TABLE schedule_version ADD COLUMN direction VARCHAR(20)"
        " CONSTRAINT ck_schedule_version_direction CHECK (direction IN ('at_least', 'at_most'))"
    )
    op.add_column("schedule_version", sa.Column("target", AMOUNT, nullable=True))
    op.execute(  # what a goal asks has not been versioned before
        "UPDATE schedule_version SET"
        " direction = (SELECT goal.direction FROM goal WHERE goal.id = schedule_version.goal_id),"
        " target = (SELECT goal.target FROM goal WHERE goal.id = schedule_version.goal_id)"
    )
    ended = sa.text("is_current AND until IS NOT NULL")
    op.create_index(
        "ix_schedule_version_until", "schedule_version", ["until"], sqlite_where=ended, postgresql_where=ended
    )
    op.add_column("goal", sa.Column("months_until", sa.Date(), nullable=True))
    op.add_column("goal", sa.Column("streak_ahead", sa.JSON(), nullable=True))
    op.add_column("goal", sa.Column("best_streak", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_goal_months_until", "goal", ["months_until"])
    op.add_column("occurrence", sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "pause",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last IS NULL OR last >= first", name=op.f("ck_pause_in_order")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_pause_owner_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_pause_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pause_public_id")),
    )
    op.create_index("ix_pause_owner_id_first", "pause", ["owner_id", "first"])
    op.create_index("ix_pause_goal_id", "pause", ["goal_id"])
    op.create_table(
        "tag",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_tag_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tag_public_id")),
        sa.UniqueConstraint("owner_id", "fingerprint", name=op.f("uq_tag_owner_id_fingerprint")),
    )
    op.create_table(
        "goal_tag",
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("tag_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_tag_goal_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_goal_tag_tag_id")),
        sa.PrimaryKeyConstraint("goal_id", "tag_id", name=op.f("pk_goal_tag")),
    )
    op.create_index("ix_goal_tag_tag_id", "goal_tag", ["tag_id"])
    op.create_table(
        "goal_month",
        sa.Column("id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("marks", sa.String(length=31), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=True),
        sa.Column("streak", sa.JSON(), nullable=True),
        sa.Column("strength", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_month_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_month")),
        sa.UniqueConstraint("goal_id", "first", name=op.f("uq_goal_month_goal_id_first")),
    )


def downgrade() -> None:
    op.drop_table("goal_month")
    op.drop_table("goal_tag")
    op.drop_table("tag")
    op.drop_table("pause")
    op.drop_column("occurrence", "paused")
    op.drop_index("ix_goal_months_until", "goal")
    for column in ("best_streak", "streak_ahead", "months_until"):
        op.drop_column("goal", column)
    op.drop_index("ix_schedule_version_until", "schedule_version")
    for column in ("target", "direction", "skip_budget"):
        op.drop_column("schedule_version", column)
