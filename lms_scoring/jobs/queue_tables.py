"""The tables of the workers' queue: made, and made anew where another version of its package made them.

The package has migrations, and nothing that applies them in order or knows which were. What a queue
holds may go at any time (what is true stands in our tables), so it is dropped and made as this version
wants it. The first table bears the fingerprint of the schema that made it.
"""

from __future__ import annotations

import hashlib
from typing import LiteralString

from procrastinate import App

_MADE_BY = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class') AS schema"
_DROP: LiteralString = """
DO $$
DECLARE
    one record;
    ours oid := quote_ident(current_schema())::regnamespace;
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
               WHERE relnamespace = ours AND relkind = 'r' AND relname LIKE 'procrastinate\\_%' LOOP
        EXECUTE format('DROP TABLE %s CASCADE', one.name);
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
               WHERE pronamespace = ours AND proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE format('DROP ROUTINE %s CASCADE', one.name);
    END LOOP;
    FOR one IN SELECT oid::regtype AS name FROM pg_type
               WHERE typnamespace = ours AND typtype IN ('c', 'e') AND typname LIKE 'procrastinate\\_%' LOOP
        EXECUTE format('DROP TYPE %s CASCADE', one.name);
    END LOOP;
END $$;
"""


def prepare_queue(app: App) -> None:
    """Makes the queue's tables unless this version's are there. For one at a time: nothing here waits."""
    connector = app.connector.get_sync_connector()
    schema = app.schema_manager.get_schema()
    made_by = hashlib.sha256(schema.encode()).hexdigest()
    if connector.execute_query_one(_MADE_BY)["schema"] == made_by:
        return
    # One query is one transaction: nobody meets a queue of two versions, or none.
    comment = f"COMMENT ON TABLE procrastinate_jobs IS '{made_by}'"
    connector.execute_query((_DROP + schema + comment).replace("%", "%%"))
