"""Apache Superset on a demo lake: adds the database, takes in a dataset, runs five charts, and opens their dashboard in Chromium.

Usage: superset_client.py FOLDER, with the server in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, run by the Python that has Superset.
The picture of the dashboard is FOLDER/dashboard.png."""
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

FOLDER = Path(sys.argv[1]).resolve()
PORT = int(os.environ.get("SUPERSET_PORT", 6088))
BASE = f"http://127.0.0.1:{PORT}"
CONFIG = """import os
SECRET_KEY = "for a server that lives as long as its test"
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.environ["SUPERSET_HOME"] + "/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
def FLASK_APP_MUTATOR(app):
    @app.before_request
    def enter():
        from flask_login import current_user, login_user
        from superset import security_manager
        if not current_user.is_authenticated:
            login_user(security_manager.find_user("admin"))
"""
COUNT = {"expressionType": "SIMPLE", "column": {"column_name": "order_id"}, "aggregate": "COUNT", "label": "orders"}
REVENUE = {"expressionType": "SIMPLE", "column": {"column_name": "total"}, "aggregate": "SUM", "label": "revenue"}
EVER = [{"col": "ordered_at", "op": "TEMPORAL_RANGE", "val": "No filter"}]
MONTH = {"columnType": "BASE_AXIS", "sqlExpression": "ordered_at", "label": "ordered_at", "expressionType": "SQL", "timeGrain": "P1M"}
# The kind of chart, the query that its editor sends, and what is kept of its form.
CHARTS = {
    "Revenue a month": ("echarts_timeseries_line", {"columns": [MONTH], "metrics": [REVENUE], "filters": EVER, "orderby": [[REVENUE, False]], "row_limit": 10000},
                        {"x_axis": "ordered_at", "time_grain_sqla": "P1M", "metrics": [REVENUE], "groupby": [], "row_limit": 10000}),
    "Orders": ("big_number_total", {"columns": [], "metrics": [COUNT], "filters": EVER}, {"metric": COUNT}),
    "Orders by channel and status": ("table", {"columns": ["channel", "status"], "metrics": [COUNT, REVENUE], "orderby": [[REVENUE, False]], "row_limit": 1000},
                                     {"query_mode": "aggregate", "groupby": ["channel", "status"], "metrics": [COUNT, REVENUE], "row_limit": 1000}),
    "Channels by year": ("pivot_table_v2", {"columns": [{**MONTH, "timeGrain": "P1Y"}, "channel"], "metrics": [REVENUE], "filters": EVER, "row_limit": 10000},
                         {"groupbyRows": ["channel"], "groupbyColumns": ["ordered_at"], "time_grain_sqla": "P1Y", "temporal_columns_lookup": {"ordered_at": True}, "metrics": [REVENUE],
                          "aggregateFunction": "Sum", "metricsLayout": "COLUMNS", "row_limit": 10000}),
    "Size of orders": ("histogram_v2", {"columns": ["total"], "metrics": [], "row_limit": 10000}, {"column": "total", "groupby": [], "bins": 10, "row_limit": 10000}),
}


def superset(*arguments):
    done = subprocess.run([Path(sys.executable).with_name("superset"), *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"superset {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")


def call(method, path, body=None):
    request = urllib.request.Request(BASE + path, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode()[:2000]}")


def started():
    # More than one thread, since a dashboard asks for its charts at once.
    server = subprocess.Popen([Path(sys.executable).with_name("superset"), "run", "-p", str(PORT), "--with-threads"],
                              stdout=open(FOLDER / "server.log", "w"), stderr=subprocess.STDOUT)
    for _ in range(120):
        try:
            urllib.request.urlopen(BASE + "/health", timeout=5)
            return server
        except OSError:
            time.sleep(1)
    server.kill()
    sys.exit("Superset does not start; " + str(FOLDER / "server.log"))


def position(charts):
    """Two charts a row."""
    layout = {"DASHBOARD_VERSION_KEY": "v2", "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
              "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": []}}
    for i, (chart, name) in enumerate(charts):
        row = f"ROW-{i // 2}"
        if row not in layout:
            layout[row] = {"type": "ROW", "id": row, "children": [], "parents": ["ROOT_ID", "GRID_ID"], "meta": {"background": "BACKGROUND_TRANSPARENT"}}
            layout["GRID_ID"]["children"].append(row)
        key = f"CHART-{chart}"
        layout[row]["children"].append(key)
        layout[key] = {"type": "CHART", "id": key, "children": [], "parents": ["ROOT_ID", "GRID_ID", row], "meta": {"chartId": chart, "width": 6, "height": 45, "sliceName": name}}
    return json.dumps(layout)


def charted(dataset):
    charts = []
    source = {"id": dataset, "type": "table"}
    for name, (kind, query, form) in CHARTS.items():
        answer = call("POST", "/api/v1/chart/data", {"datasource": source, "force": True, "queries": [query], "result_format": "json", "result_type": "full"})
        result = answer["result"][0]
        if result.get("error") or not result["rowcount"]:
            sys.exit(f"{name}: {result.get('error')}\n{result.get('query')}")
        print(f"{name}: {result['rowcount']} rows, {result['colnames']}")
        form = {**form, "datasource": f"{dataset}__table", "viz_type": kind, "adhoc_filters": []}
        chart = call("POST", "/api/v1/chart/", {"slice_name": name, "viz_type": kind, "datasource_id": dataset, "datasource_type": "table", "params": json.dumps(form)})
        charts.append((chart["id"], name))
    return charts


def pictured(address):
    """Chromium waits, in its own time, for the charts to be drawn, and gives the page and a picture of it."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1400,1600", "--virtual-time-budget=30000", f"--user-data-dir={FOLDER}/chromium"]
    for output in ([f"--screenshot={FOLDER}/dashboard.png"], ["--dump-dom"]):
        done = subprocess.run(["chromium", *options, *output, address], capture_output=True, text=True, timeout=240)
    return done.stdout


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "superset_config.py").write_text(CONFIG)
    os.environ |= {"SUPERSET_HOME": str(FOLDER), "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"), "FLASK_APP": "superset"}
    if not (FOLDER / "superset.db").exists():
        superset("db", "upgrade")
        superset("fab", "create-admin", "--username", "admin", "--firstname", "a", "--lastname", "b", "--email", "a@example.com", "--password", "admin")
        superset("init")
    server = started()
    try:
        e = os.environ
        login = e.get("PGUSER", "cilake") + (":" + e["PGPASSWORD"] if e.get("PGPASSWORD") else "")
        address = f"postgresql+psycopg2://{login}@{e['PGHOST']}:{e['PGPORT']}/{e['PGDATABASE']}"
        call("POST", "/api/v1/database/test_connection/", {"sqlalchemy_uri": address, "database_name": "lake"})
        database = call("POST", "/api/v1/database/", {"database_name": "lake", "sqlalchemy_uri": address, "expose_in_sqllab": True})["id"]
        print("schemas:", call("GET", f"/api/v1/database/{database}/schemas/")["result"])
        print("tables:", [table["value"] for table in call("GET", f"/api/v1/database/{database}/tables/?q=(schema_name:sales)")["result"]])
        metadata = call("GET", f"/api/v1/database/{database}/table_metadata/?name=orders&schema=sales")
        print("columns:", [(column["name"], column["type"]) for column in metadata["columns"]])
        lab = call("POST", "/api/v1/sqllab/execute/", {"database_id": database, "schema": "sales", "sql": "SELECT channel, count(*) AS n FROM orders GROUP BY channel ORDER BY channel", "runAsync": False, "client_id": f"c{time.time():.0f}"[:11]})
        print("SQL Lab:", len(lab["data"]), "rows")
        dataset = call("POST", "/api/v1/dataset/", {"database": database, "schema": "sales", "table_name": "orders"})["id"]
        columns = call("GET", f"/api/v1/dataset/{dataset}")["result"]["columns"]
        print("dataset:", sorted((column["column_name"], column["type"], column["is_dttm"]) for column in columns))
        charts = charted(dataset)
        dashboard = call("POST", "/api/v1/dashboard/", {"dashboard_title": "Orders", "published": True, "position_json": position(charts)})["id"]
        for chart, _ in charts:
            call("PUT", f"/api/v1/chart/{chart}", {"dashboards": [dashboard]})
        page = pictured(f"{BASE}/superset/dashboard/{dashboard}/?standalone=1")
        missing = [name for _, name in charts if name not in page]
        broken = [word for word in ("Unexpected error", "Data error", "PostgreSQL Error", "An error occurred") if word in page]
        if missing or broken:
            sys.exit(f"the dashboard lacks {missing} and shows {broken}; {FOLDER}/dashboard.png")
        print("OK", FOLDER / "dashboard.png")
    finally:
        server.terminate()
        server.wait()


main()
