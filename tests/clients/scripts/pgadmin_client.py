"""pgAdmin 4 in desktop mode without a window: the tree of a database, properties, SQL and statistics of its objects, View Data, Query Tool.

OIDs, times and what names the server are left out of what is printed.
"""
import builtins
import json
import os
import pathlib
import re
import sys
import tempfile

E = os.environ
HOME = tempfile.TemporaryDirectory()
builtins.SERVER_MODE = False
# What pgAdmin keeps – its settings, its log, its sessions – it keeps below the home folder.
E["HOME"] = HOME.name

import pgadmin4  # noqa: E402

sys.path.insert(0, list(pgadmin4.__path__)[0])
import config  # noqa: E402

config.MASTER_PASSWORD_REQUIRED = False
config.UPGRADE_CHECK_ENABLED = False
config.USE_OS_SECRET_STORAGE = False

VOLATILE = {"id", "oid", "_id", "_pid", "did", "datoid", "schema", "reltype", "nspoid", "schemaoid", "dattablespace", "spcoid", "pid", "version", "acl", "children", "xmin"}


def started():
    from pgadmin.model import SCHEMA_VERSION
    config.SETTINGS_SCHEMA_VERSION = SCHEMA_VERSION
    import setup
    from pgadmin import create_app
    said, sys.stdout = sys.stdout, open(os.devnull, "w")
    app = create_app()
    app.config |= {"sessions": {}, "WTF_CSRF_ENABLED": False}
    app.PGADMIN_RUNTIME, app.PGADMIN_INT_KEY, app.PGADMIN_EXTERNAL_AUTH_SOURCE = True, "", "internal"
    setup.setup_db(app)
    app.run_before_app_start()
    sys.stdout = said
    return app.test_client()


class Failed(Exception):
    pass


def call(method, path, body=None):
    answer = CLIENT.open(path, method=method, data=None if body is None else json.dumps(body), content_type="application/json")
    text = answer.get_data(True)
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if answer.status_code >= 400:
        raise Failed(f"{answer.status_code} {found.get('errormsg') if isinstance(found, dict) else text[:200]}")
    return found


def plain(value):
    """Without what differs from server to server, and without what is empty."""
    if isinstance(value, dict):
        kept = {key: plain(item) for key, item in value.items() if key not in VOLATILE and not key.endswith(("oid", "_id"))}
        return {key: item for key, item in sorted(kept.items()) if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return re.sub(r"[0-9.]+ ?(bytes|[kMGT]B)", "n bytes", value) if isinstance(value, str) else value


def step(name, run):
    try:
        found = run()
    except Failed as error:
        found = error
    lines = found if isinstance(found, list) else [found]
    for line in lines:
        print(f"{name}: {line}", flush=True)


def nodes(kind, *place):
    """Label → number of the nodes below a place of the tree."""
    found = call("GET", f"/browser/{kind}/nodes/" + "/".join(map(str, place)) + ("/" if place else ""))["data"]
    return {node["label"]: node["_id"] for node in found or []}


def of(what, kind, *place):
    return call("GET", f"/browser/{kind}/{what}/" + "/".join(map(str, place)))


def statistics(kind, *place):
    """The names of the figures: the figures are those of the machine."""
    data = of("stats", kind, *place)["data"]
    return [column["name"] for column in data["columns"]], sorted(row.get("Statistics", "") for row in data["rows"])


def described(kind, *place):
    step(f"{kind} properties", lambda: json.dumps(plain(of("obj", kind, *place))))
    step(f"{kind} SQL", lambda: [line for line in of("sql", kind, *place).splitlines() if line])
    for what in ("dependency", "dependent"):
        step(f"{kind} {what}", lambda what=what: sorted(json.dumps(plain(row)) for row in of(what, kind, *place)))


def tabled(trans, begin):
    """The columns and the first rows of what the Query Tool or View Data shows."""
    begin()
    for _ in range(200):
        data = call("GET", f"/sqleditor/poll/{trans}")["data"]
        if data["status"] != "Busy":
            break
    columns = [(column["name"], column.get("type_code"), column.get("cell"), column.get("display_name")) for column in data["colinfo"] or []]
    return [data["status"], columns, data["rows_affected"], *(data["result"][:2] if isinstance(data["result"], list) else [re.sub("[0-9]+ msec", "n msec", str(data["result"]))])]


def tree(server, database):
    for kind in ("role", "tablespace"):
        step(f"{kind} nodes", lambda kind=kind: [name for name in sorted(nodes(kind, 1, server)) if not name.startswith("pg_") and name != "postgres"])
    step("database nodes", lambda: ["cilake"] if "cilake" in nodes("database", 1, server) else [])
    step("database properties", lambda: json.dumps(plain(of("obj", "database", 1, server, database))))
    step("database SQL", lambda: [line for line in of("sql", "database", 1, server, database).splitlines() if line])
    role = nodes("role", 1, server)["cilake"]
    step("role properties", lambda: json.dumps(plain(of("obj", "role", 1, server, role))))
    place = (1, server, database)
    for kind in ("cast", "event_trigger", "foreign_data_wrapper", "language", "publication", "subscription", "extension"):
        step(f"{kind} nodes", lambda kind=kind: len(nodes(kind, *place)) if kind == "cast" else sorted(nodes(kind, *place)))
    schemas = nodes("schema", *place)
    step("schema nodes", lambda: [name for name in sorted(schemas) if name != "cilake"])
    step("catalog nodes", lambda: sorted(nodes("catalog", *place)))
    described("schema", *place, schemas["sales"])
    for kind in ("aggregate", "collation", "domain", "foreign_table", "fts_configuration", "mview", "operator", "procedure", "sequence", "table", "trigger_function", "type", "view"):
        step(f"sales {kind} nodes", lambda kind=kind: sorted(nodes(kind, *place, schemas["sales"])))
    step("sales function nodes", lambda: sorted(nodes("function", *place, schemas["sales"])))
    return schemas


def relations(place, schemas):
    tables = nodes("table", *place, schemas["sales"])
    orders = (*place, schemas["sales"], tables["orders"])
    described("table", *orders)
    step("table statistics", lambda: statistics("table", *orders))
    step("table rows", lambda: call("GET", "/browser/table/count_rows/" + "/".join(map(str, orders)))["success"])
    columns = nodes("column", *orders)
    step("column nodes", lambda: list(columns))
    described("column", *orders, columns["total"])
    for kind in ("constraints", "index", "trigger", "rule", "row_security_policy", "partition"):
        step(f"orders {kind} nodes", lambda kind=kind: sorted(nodes(kind, *orders)))
    views = nodes("view", *place, schemas["care"])
    readings = (*place, schemas["care"], views["readings"])
    step("view nodes", lambda: sorted(views))
    step("view properties", lambda: json.dumps({key: value for key, value in plain(of("obj", "view", *readings)).items() if key != "definition"}))
    step("view columns", lambda: list(nodes("column", *readings)))
    for what in ("select_sql",):
        step(f"table {what}", lambda what=what: of(what, "table", *orders))
        step(f"view {what}", lambda what=what: of(what, "view", *readings))


def data(place, schemas):
    views = nodes("view", *place, schemas["care"])
    call("POST", f"/sqleditor/initialize/viewdata/11/3/view/{place[0]}/{place[1]}/{place[2]}/{views['readings']}", {})
    step("view data", lambda: tabled(11, lambda: call("GET", "/sqleditor/view_data/start/11")))
    tables = nodes("table", *place, schemas["sales"])
    # The lake's rows are of its own, so only what has none is compared.
    call("POST", f"/sqleditor/initialize/viewdata/12/3/table/{place[0]}/{place[1]}/{place[2]}/{tables['orders']}", {"sql_filter": "order_id < 0"})
    step("table data", lambda: tabled(12, lambda: call("GET", "/sqleditor/view_data/start/12")))
    call("POST", f"/sqleditor/initialize/sqleditor/13/{place[0]}/{place[1]}/{place[2]}", {"dbname": "cilake"})
    query = lambda text: tabled(13, lambda: call("POST", "/sqleditor/query_tool/start/13", {"sql": text, "explain_plan": None}))  # noqa: E731
    for text in ("SELECT id, amount, at, numbers, words FROM care.readings ORDER BY id", "SELECT small, count(*) FROM care.readings GROUP BY 1 ORDER BY 1", "SHOW search_path",
                 "SELECT nothing FROM care.readings", "SELEC 1"):
        step(text, lambda text=text: query(text))


CLIENT = started()
call("GET", "/browser/server_group/nodes/")
server = {"name": "lake", "host": E["PGHOST"], "port": int(E["PGPORT"]), "db": E["PGDATABASE"], "username": E["PGUSER"], "password": E.get("PGPASSWORD") or "none", "gid": 1,
          "connect_now": True, "connection_params": [{"name": "sslmode", "keyword": "sslmode", "value": "prefer"}]}
server = call("POST", "/browser/server/obj/1/", server)["node"]["_id"]
connected = call("POST", f"/browser/server/connect/1/{server}", {"password": E.get("PGPASSWORD") or "none"})["data"]
database = connected["did"]
step("server", lambda: json.dumps(plain({key: connected[key] for key in ("connected", "type", "db", "in_recovery", "user")})))
call("POST", f"/browser/database/connect/1/{server}/{database}", {})
schemas = tree(server, database)
relations((1, server, database), schemas)
data((1, server, database), schemas)
# pgAdmin's threads wait for a window that is not there.
sys.stdout.flush()
os._exit(0)
