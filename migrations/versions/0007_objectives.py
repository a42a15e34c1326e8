"""cycles, objectives, key results and their check-ins"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")
SOURCES_BEFORE = "source IN ('page', 'api', 'import', 'offline')"
SOURCES = "source IN ('page', 'api', 'import', 'offline', 'feed')"
SAYS_SOMETHING_BEFORE = "state IS NOT NULL OR value IS NOT NULL"
SAYS_SOMETHING = "state IS NOT NULL OR value IS NOT NULL OR confidence IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "cycle",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("cadence", sa.String(length=20), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", INSTANT, nullable=False),
        sa.Column("state_by_id", KEY, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("cadence IN ('weekly', 'biweekly', 'monthly')", name=op.f("ck_cycle_cadence")),
        sa.CheckConstraint("state IN ('open', 'locked', 'closed')", name=op.f("ck_cycle_state")),
        sa.CheckConstraint("reviewers BETWEEN 0 AND 2", name=op.f("ck_cycle_reviewers")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_cycle_in_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_cycle_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["cycle.id"], name=op.f("fk_cycle_parent_id")),
        sa.ForeignKeyConstraint(["state_by_id"], ["person.id"], name=op.f("fk_cycle_state_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cycle_public_id")),
    )
    op.create_index(op.f("ix_cycle_organisation_id_starts"), "cycle", ["organisation_id", "starts"])
    op.create_index(op.f("ix_cycle_parent_id"), "cycle", ["parent_id"])
    op.create_index(op.f("ix_cycle_state_by_id"), "cycle", ["state_by_id"])

    op.create_table(
        "key_result",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("operator", sa.String(length=20), nullable=False),
        sa.Column("baseline", AMOUNT, nullable=False),
        sa.Column("target", AMOUNT, nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("weight", AMOUNT, nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("actual", AMOUNT, nullable=True),
        sa.Column("attainment", AMOUNT, nullable=True),
        sa.Column("last_check_in", sa.Date(), nullable=True),
        sa.Column("confidence", AMOUNT, nullable=True),
        sa.Column("confidence_reason", sa.Text(), nullable=False),
        sa.Column("confidence_at", INSTANT, nullable=True),
        sa.Column("confidence_by_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint("operator IN ('at_least', 'at_most', 'exactly')", name=op.f("ck_key_result_operator")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_key_result_weight")),
        sa.ForeignKeyConstraint(["confidence_by_id"], ["person.id"], name=op.f("fk_key_result_confidence_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_key_result_goal_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_key_result_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_result")),
        sa.UniqueConstraint("public_id", name=op.f("uq_key_result_public_id")),
    )
    op.create_index(op.f("ix_key_result_confidence_by_id"), "key_result", ["confidence_by_id"])
    op.create_index(op.f("ix_key_result_goal_id_position"), "key_result", ["goal_id", "position"])
    op.create_index(op.f("ix_key_result_owner_id"), "key_result", ["owner_id"])

    op.create_table(
        "objective",
        sa.Column("goal_id", KEY, autoincrement=False, nullable=False),
        sa.Column("cycle_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("curve", sa.String(length=20), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("roll_up", sa.String(length=20), nullable=False),
        sa.Column("weight", AMOUNT, nullable=False),
        sa.Column("attainment", AMOUNT, nullable=False),
        sa.Column("last_check_in", sa.Date(), nullable=True),
        sa.Column("confidence", AMOUNT, nullable=True),
        sa.Column("confidence_reason", sa.Text(), nullable=False),
        sa.Column("confidence_at", INSTANT, nullable=True),
        sa.Column("confidence_by_id", KEY, nullable=True),
        sa.CheckConstraint("curve IN ('linear', 'back_loaded', 'stepped')", name=op.f("ck_objective_curve")),
        sa.CheckConstraint("roll_up IN ('both', 'key_results', 'children')", name=op.f("ck_objective_roll_up")),
        sa.CheckConstraint("goal_id <> parent_id", name=op.f("ck_objective_not_its_own_parent")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_objective_in_order")),
        sa.ForeignKeyConstraint(["confidence_by_id"], ["person.id"], name=op.f("fk_objective_confidence_by_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_objective_cycle_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_objective_goal_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["goal.id"], name=op.f("fk_objective_parent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_objective_team_id")),
        sa.PrimaryKeyConstraint("goal_id", name=op.f("pk_objective")),
    )
    op.create_index(op.f("ix_objective_confidence_by_id"), "objective", ["confidence_by_id"])
    op.create_index(op.f("ix_objective_cycle_id"), "objective", ["cycle_id"])
    op.create_index(op.f("ix_objective_parent_id"), "objective", ["parent_id"])
    op.create_index(op.f("ix_objective_team_id"), "objective", ["team_id"])

    op.create_table(
        "objective_tag",
        sa.Column("id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_objective_tag_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective_tag")),
        sa.UniqueConstraint("goal_id", "title", name=op.f("uq_objective_tag_goal_id_title")),
    )
    op.create_index(op.f("ix_objective_tag_title"), "objective_tag", ["title"])

    op.create_table(
        "key_result_feed",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key_result_id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('completion', 'sum')", name=op.f("ck_key_result_feed_kind")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_key_result_feed_goal_id")),
        sa.ForeignKeyConstraint(["key_result_id"], ["key_result.id"], name=op.f("fk_key_result_feed_key_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_result_feed")),
    )
    op.create_index(op.f("ix_key_result_feed_goal_id"), "key_result_feed", ["goal_id"])
    op.create_index(
        "uq_key_result_feed_open",
        "key_result_feed",
        ["key_result_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    with op.batch_alter_table("entry") as batch_op:
        batch_op.add_column(sa.Column("key_result_id", KEY, nullable=True))
        batch_op.create_foreign_key(op.f("fk_entry_key_result_id"), "key_result", ["key_result_id"], ["id"])
        _checks(batch_op, SOURCES, SAYS_SOMETHING)
    said = sa.text("key_result_id IS NOT NULL")
    op.create_index(
        op.f("ix_entry_key_result_id_local_date"),
        "entry",
        ["key_result_id", "local_date"],
        sqlite_where=said,
        postgresql_where=said,
    )
    op.add_column("goal", sa.Column("feeds", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("goal", "feeds")
    op.drop_index("ix_entry_key_result_id_local_date", "entry")
    op.execute("DELETE FROM entry WHERE source = 'feed' OR (state IS NULL AND value IS NULL)")
    with op.batch_alter_table("entry") as batch_op:
        _checks(batch_op, SOURCES_BEFORE, SAYS_SOMETHING_BEFORE)
        batch_op.drop_constraint(op.f("fk_entry_key_result_id"), type_="foreignkey")
        batch_op.drop_column("key_result_id")
    for table in ("key_result_feed", "objective_tag", "objective", "key_result", "cycle"):
        op.drop_table(table)


def _checks(batch_op: BatchOperations, sources: str, says_something: str) -> None:
    """Where a fact may come from, and what it must say at least."""
    for name, text in (("source", sources), ("says_something", says_something)):
        batch_op.drop_constraint(op.f(f"ck_entry_{name}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_entry_{name}"), text)
