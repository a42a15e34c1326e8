"""works, reading goals, what was read and in a row, and programs of the reading contract"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading_client",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", KEY, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_reading_client_created_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_reading_client_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_reading_client_client_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reading_client_public_id")),
    )
    op.create_index(op.f("ix_reading_client_created_by_id"), "reading_client", ["created_by_id"])
    op.create_index(op.f("ix_reading_client_organisation_id"), "reading_client", ["organisation_id"])

    op.create_table(
        "reading_streak",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_reading_streak_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_streak")),
        sa.UniqueConstraint("owner_id", "category", "first", name=op.f("uq_reading_streak_owner_id_category_first")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reading_streak_public_id")),
    )
    op.create_index(
        op.f("ix_reading_streak_owner_id_category_days_first"),
        "reading_streak",
        ["owner_id", "category", "days", "first"],
    )

    op.create_table(
        "reading_token",
        sa.Column("token_id", KEY, autoincrement=False, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["reading_client.id"], name=op.f("fk_reading_token_client_id")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_reading_token_token_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_reading_token")),
    )
    op.create_index(op.f("ix_reading_token_client_id"), "reading_token", ["client_id"])

    op.create_table(
        "work",
        sa.Column("goal_id", KEY, autoincrement=False, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("place_on", sa.Date(), nullable=True),
        sa.Column("through", AMOUNT, nullable=False),
        sa.Column("mushaf", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "category IN ('quran', 'course', 'programme', 'challenge', 'book')", name=op.f("ck_work_category")
        ),
        sa.CheckConstraint("unit IN ('pages', 'chapters', 'parts')", name=op.f("ck_work_unit")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_work_goal_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_work_owner_id")),
        sa.PrimaryKeyConstraint("goal_id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_owner_id"), "work", ["owner_id"])
    op.create_index(
        "uq_work_category",
        "work",
        ["owner_id", "category"],
        unique=True,
        sqlite_where=sa.text("category <> 'book'"),
        postgresql_where=sa.text("category <> 'book'"),
    )

    op.create_table(
        "reading_goal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("asks", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("first_verse", sa.Integer(), nullable=True),
        sa.Column("last_verse", sa.Integer(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("mushaf", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settled_until", sa.Date(), nullable=False),
        sa.Column("settled", AMOUNT, nullable=False),
        sa.Column("covered", sa.JSON(), nullable=False),
        sa.Column("reached_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.CheckConstraint("asks IN ('time', 'amount', 'range')", name=op.f("ck_reading_goal_asks")),
        sa.CheckConstraint("outcome IN ('achieved', 'missed', 'abandoned')", name=op.f("ck_reading_goal_outcome")),
        sa.CheckConstraint(
            "(amount IS NULL) = (first_verse IS NOT NULL)", name=op.f("ck_reading_goal_amount_or_verses")
        ),
        sa.CheckConstraint("(first_verse IS NULL) = (last_verse IS NULL)", name=op.f("ck_reading_goal_whole_range")),
        sa.ForeignKeyConstraint(["goal_id"], ["work.goal_id"], name=op.f("fk_reading_goal_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_goal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reading_goal_public_id")),
    )
    op.create_index(op.f("ix_reading_goal_goal_id"), "reading_goal", ["goal_id"])
    op.create_index(
        "uq_reading_goal_live",
        "reading_goal",
        ["goal_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "activity_day",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("filled", AMOUNT, nullable=False),
        sa.Column("verses", sa.JSON(), nullable=False),
        sa.Column("mushaf", sa.Integer(), nullable=True),
        sa.Column("reading_goal_id", KEY, nullable=True),
        sa.Column("asks", sa.String(length=20), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("asked_verses", sa.JSON(), nullable=True),
        sa.Column("progress", AMOUNT, nullable=True),
        sa.CheckConstraint("asks IN ('time', 'amount', 'range')", name=op.f("ck_activity_day_asks")),
        sa.ForeignKeyConstraint(["goal_id"], ["work.goal_id"], name=op.f("fk_activity_day_goal_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_activity_day_owner_id")),
        sa.ForeignKeyConstraint(["reading_goal_id"], ["reading_goal.id"], name=op.f("fk_activity_day_reading_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_day")),
        sa.UniqueConstraint("goal_id", "local_date", name=op.f("uq_activity_day_goal_id_local_date")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_day_public_id")),
    )
    op.create_index(op.f("ix_activity_day_owner_id_local_date"), "activity_day", ["owner_id", "local_date"])
    op.create_index(op.f("ix_activity_day_reading_goal_id"), "activity_day", ["reading_goal_id"])

    op.create_table(
        "reading_batch",
        sa.Column("entry_id", KEY, autoincrement=False, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("verses", sa.JSON(), nullable=False),
        sa.Column("mushaf", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_reading_batch_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_reading_batch")),
    )


def downgrade() -> None:
    op.drop_table("reading_batch")
    op.drop_table("activity_day")
    op.drop_table("reading_goal")
    op.drop_table("work")
    op.drop_table("reading_token")
    op.drop_table("reading_streak")
    op.drop_table("reading_client")
