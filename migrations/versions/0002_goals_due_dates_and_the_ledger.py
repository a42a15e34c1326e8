"""goals, due dates and the ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lifecycle", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("review_state", sa.String(length=20), nullable=True),
        sa.Column("status_word", sa.String(length=50), nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=True),
        sa.Column("description", sa.LargeBinary(), nullable=True),
        sa.Column("unit", sa.LargeBinary(), nullable=True),
        sa.Column("criticality", sa.String(length=255), nullable=True),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=True),
        sa.Column("baseline", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("target", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows_from", sa.Date(), nullable=True),
        sa.Column("rows_until", sa.Date(), nullable=True),
        sa.Column("source_uid", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('personal', 'reading') AND organisation_id IS NULL) OR (kind IN ('objective', 'target') AND organisation_id IS NOT NULL)",
            name=op.f("ck_goal_private_or_organisation"),
        ),
        sa.CheckConstraint("direction IN ('at_least', 'at_most')", name=op.f("ck_goal_direction")),
        sa.CheckConstraint("kind IN ('personal', 'objective', 'reading', 'target')", name=op.f("ck_goal_kind")),
        sa.CheckConstraint(
            "lifecycle IN ('proposed', 'active', 'completed', 'closed')", name=op.f("ck_goal_lifecycle")
        ),
        sa.CheckConstraint("outcome IN ('achieved', 'missed', 'abandoned')", name=op.f("ck_goal_outcome")),
        sa.CheckConstraint("review_state IN ('draft', 'in_review', 'approved')", name=op.f("ck_goal_review_state")),
        sa.CheckConstraint("colour BETWEEN 1 AND 12", name=op.f("ck_goal_colour")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_goal_organisation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_goal_public_id")),
    )
    op.create_index(op.f("ix_goal_organisation_id"), "goal", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_goal_owner_id_position"), "goal", ["owner_id", "position"], unique=False)
    op.create_index(
        "ix_goal_rows_until", "goal", ["rows_until"], unique=False, sqlite_where=sa.text("rows_until IS NOT NULL")
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("value", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("confidence", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_uid", sa.String(length=80), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("mode IN ('set', 'add')", name=op.f("ck_entry_mode")),
        sa.CheckConstraint("source IN ('page', 'api', 'import', 'offline')", name=op.f("ck_entry_source")),
        sa.CheckConstraint("state IN ('open', 'done', 'not_done', 'skipped')", name=op.f("ck_entry_state")),
        sa.CheckConstraint("state IS NOT NULL OR value IS NOT NULL", name=op.f("ck_entry_says_something")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_author_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_entry_goal_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_entry_subject_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["entry.id"], name=op.f("fk_entry_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_entry_public_id")),
        sa.UniqueConstraint("subject_id", "source_uid", name=op.f("uq_entry_subject_id_source_uid")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_entry_supersedes_id")),
    )
    op.create_index(op.f("ix_entry_goal_id_local_date"), "entry", ["goal_id", "local_date"], unique=False)
    op.create_table(
        "goal_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_goal_revision_author_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_revision_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_revision")),
        sa.UniqueConstraint("goal_id", "number", name=op.f("uq_goal_revision_goal_id_number")),
    )
    op.create_table(
        "schedule_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=500), nullable=True),
        sa.Column("week_start", sa.Integer(), nullable=False),
        sa.Column("quota_times", sa.Integer(), nullable=True),
        sa.Column("quota_period", sa.String(length=20), nullable=True),
        sa.Column("quota_length", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "frequency IN ('One Time', 'Daily', 'Weekly', 'Biweekly', 'Monthly', 'Yearly', 'Custom', 'Quota', 'Rule')",
            name=op.f("ck_schedule_version_frequency"),
        ),
        sa.CheckConstraint(
            "quota_period IN ('week', 'month', 'rolling')", name=op.f("ck_schedule_version_quota_period")
        ),
        sa.CheckConstraint(
            "(quota_times IS NULL) = (quota_period IS NULL)", name=op.f("ck_schedule_version_whole_quota")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_schedule_version_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_version")),
        sa.UniqueConstraint("goal_id", "valid_from", name=op.f("uq_schedule_version_goal_id_valid_from")),
    )
    op.create_index(
        "uq_schedule_version_current",
        "schedule_version",
        ["goal_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("annotated", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'not_done', 'skipped')", name=op.f("ck_occurrence_state")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_occurrence_entry_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_occurrence_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("goal_id", "local_date", name=op.f("uq_occurrence_goal_id_local_date")),
    )
    op.create_index(op.f("ix_occurrence_entry_id"), "occurrence", ["entry_id"], unique=False)
    op.create_index("ix_occurrence_goal_id_state", "occurrence", ["goal_id", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_occurrence_goal_id_state", table_name="occurrence")
    op.drop_index(op.f("ix_occurrence_entry_id"), table_name="occurrence")
    op.drop_table("occurrence")
    op.drop_index(
        "uq_schedule_version_current",
        table_name="schedule_version",
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.drop_table("schedule_version")
    op.drop_table("goal_revision")
    op.drop_index(op.f("ix_entry_goal_id_local_date"), table_name="entry")
    op.drop_table("entry")
    op.drop_index("ix_goal_rows_until", table_name="goal", sqlite_where=sa.text("rows_until IS NOT NULL"))
    op.drop_index(op.f("ix_goal_owner_id_position"), table_name="goal")
    op.drop_index(op.f("ix_goal_organisation_id"), table_name="goal")
    op.drop_table("goal")
