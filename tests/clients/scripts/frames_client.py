"""Data frames: pandas over SQLAlchemy, psycopg2 and ADBC; polars over connectorx, ADBC, SQLAlchemy; Arrow tables over ADBC, in COPY BINARY."""
import os

import adbc_driver_postgresql.dbapi as adbc
import pandas
import polars
import sqlalchemy as sa
from steps import step

e = os.environ
LOGIN = e.get("PGUSER", "") + (":" + e["PGPASSWORD"] if e.get("PGPASSWORD") else "")
URL = f"postgresql://{LOGIN}@{e.get('PGHOST')}:{e.get('PGPORT')}/{e.get('PGDATABASE')}"
ALL = "SELECT * FROM care.readings ORDER BY id"
# Without intervals and arrays, which frames have no type for, and without bytes, which pandas shows as an address.
PLAIN = "SELECT id, small, whole, single, \"double\", amount, name, active, day, at, at_zone, clock, maybe FROM care.readings ORDER BY id"
engine = sa.create_engine(URL.replace("postgresql:", "postgresql+psycopg2:"))


def frame(read):
    got = read()
    if isinstance(got, polars.DataFrame):
        return [got.shape, {k: str(v) for k, v in got.schema.items()}, repr(got.row(9)), repr(got.select(polars.col("id").sum(), polars.col("day").max()).row(0))]
    return [got.shape, {k: str(v) for k, v in got.dtypes.items()}, repr(got.iloc[9].tolist()), (int(got["id"].sum()), str(got["amount"].sum()))]


def table(connection, query, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        got = cursor.fetch_arrow_table()
        return [got.num_rows, str(got.schema), got.slice(9, 1).to_pylist()]


def arrow_objects(connection):
    objects = connection.adbc_get_objects(depth="all", db_schema_filter="sales").read_all().to_pylist()
    return sorted((s["db_schema_name"], t["table_name"], t["table_type"], sorted((c["column_name"], c.get("xdbc_type_name")) for c in t["table_columns"] or []))
            for catalog in objects for s in catalog["catalog_db_schemas"] or [] for t in s["db_schema_tables"] or [])


def sqlstate(connection, text):
    try:
        table(connection, text)
    except Exception as error:
        return type(error).__name__, error.sqlstate


step("pandas", lambda: frame(lambda: pandas.read_sql(PLAIN, engine)))
step("pandas parameters", lambda: pandas.read_sql(sa.text("SELECT id, day FROM care.readings WHERE day > :day ORDER BY id LIMIT 2"), engine, params={"day": "2024-03-01"}, parse_dates=["day"], index_col="id").to_dict())
step("pandas chunks", lambda: [len(chunk) for chunk in pandas.read_sql(ALL, engine.connect().execution_options(stream_results=True), chunksize=300)])
step("pandas table", lambda: pandas.read_sql_table("readings", engine, schema="care", columns=["id", "amount"]).sum().astype(str).to_dict())
step("pandas pyarrow", lambda: frame(lambda: pandas.read_sql(PLAIN, engine, dtype_backend="pyarrow")))
step("polars connectorx", lambda: frame(lambda: polars.read_database_uri(PLAIN, URL)))
for protocol in ("binary", "csv", "cursor", "simple"):
    step(f"polars connectorx {protocol}", lambda: frame(lambda: polars.read_database_uri(PLAIN, URL, protocol=protocol)))
step("polars connectorx parts", lambda: frame(lambda: polars.read_database_uri(PLAIN, URL, partition_on="id", partition_num=3).sort("id")))
step("polars adbc", lambda: frame(lambda: polars.read_database_uri(PLAIN, URL, engine="adbc")))
step("polars sqlalchemy", lambda: frame(lambda: polars.read_database(PLAIN, engine.connect())))
step("polars batches", lambda: sum(len(part) for part in polars.read_database(PLAIN, engine.connect().execution_options(stream_results=True), iter_batches=True, batch_size=250)))

try:
    with adbc.connect(URL) as connection:
        step("adbc copy", lambda: table(connection, ALL))
        step("adbc parameters", lambda: table(connection, "SELECT id, name FROM care.readings WHERE id > $1 AND name <> $2 ORDER BY id", (900, "name 950")))
        step("adbc without copy", lambda: (lambda c: (c.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"}), c.execute(ALL), c.fetch_arrow_table().num_rows)[2])(connection.cursor()))
        step("adbc objects", lambda: arrow_objects(connection))
        step("adbc table", lambda: str(connection.adbc_get_table_schema("orders", db_schema_filter="sales")))
        step("adbc types", lambda: sorted(connection.adbc_get_table_types()))
        step("adbc schema", lambda: str((lambda c: c.adbc_execute_schema(ALL))(connection.cursor())))
        step("adbc info", lambda: {k: v for k, v in connection.adbc_get_info().items() if k in ("vendor_name",)})
        for text in ("SELECT nothing FROM care.readings", "SELECT 1 / 0", "SELEC 1"):
            step(text, lambda: sqlstate(connection, text))
            connection.rollback()
except Exception as error:
    print("adbc:", type(error).__name__, str(error).splitlines()[0])
