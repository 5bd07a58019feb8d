"""The history of the database: one line, both ways, and at its end exactly what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from lti_mentoring.db import db


def difference_to_the_models():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def tables():
    return set(inspect(db.engine).get_table_names())


def test_the_history_has_one_head(app):
    assert len(ScriptDirectory(app.config["MIGRATIONS_DIR"]).get_heads()) == 1


@pytest.mark.both_databases
def test_the_migrations_end_where_the_models_are(app):
    with app.app_context():
        assert difference_to_the_models() == []


@pytest.mark.both_databases
def test_every_migration_can_be_undone_and_done_again(app):
    with app.app_context():
        downgrade(revision="base")
        assert tables() <= {"alembic_version"}
        upgrade()
        assert difference_to_the_models() == []
