"""pgcli's own questions: what it completes names from, its special commands, and the statements that its prompt runs."""
import logging
import os

from pgcli.pgexecute import PGExecute
from pgcli.packages.parseutils.meta import FunctionMetadata
from pgspecial.main import PGSpecial
from steps import step

e = os.environ
logging.disable()
executor = PGExecute(e.get("PGDATABASE"), e.get("PGUSER"), e.get("PGPASSWORD") or "", e.get("PGHOST"), e.get("PGPORT"), None)
OURS = ("cilake", "information_schema", "pg_catalog", "pg_toast")
mine = lambda rows: [row for row in rows if row[0] not in OURS]


def run(text, pgspecial=PGSpecial()):
    answers = []
    for title, cursor, headers, status, sql, success, special in executor.run(text, pgspecial):
        answers.append((headers, [tuple(row) for row in cursor][:4] if cursor else None, status if not success or not special else None))
    return answers


step("version", lambda: str(executor.server_version).split(".")[0])
step("search path", executor.search_path)
step("schemata", lambda: sorted(s for s in executor.schemata() if s not in OURS and not s.startswith("pg_")))
step("tables", lambda: mine(executor.tables()))
step("views", lambda: mine(executor.views()))
step("columns of tables", lambda: sorted(tuple(c) for c in mine(executor.table_columns()) if c[0] == "sales"))
step("columns of views", lambda: [tuple(c)[:4] for c in mine(executor.view_columns())])
step("foreign keys", lambda: sorted(executor.foreignkeys()))
step("types", lambda: [t for t in executor.datatypes() if t[0] not in OURS + ("care", "crm", "marketing", "sales", "shop", "truth", "web", "public")])
step("functions", lambda: all(isinstance(f, FunctionMetadata) for f in executor.functions()))
step("databases", lambda: "cilake" in executor.databases())
step("casing", lambda: "contact_id" in set(executor.casing()))
step("user", lambda: (executor.user, executor.is_superuser() if hasattr(executor, "is_superuser") else None))
for text in ("SELECT id, name, amount FROM care.readings ORDER BY id LIMIT 2", "\\d sales.orders", "\\dt sales.*", "\\dv care.*", "\\dn sales", "\\df nothing*", "\\l nothing", "\\du nobody", "\\dT nothing",
             "\\dx nothing", "\\di sales.*", "\\sv care.nothing", "SELECT 1; SELECT 2", "SELECT nothing"):
    step(text, lambda: run(text))
step("view", lambda: executor.view_definition("care.readings").split("\n")[0][:40].lower())
