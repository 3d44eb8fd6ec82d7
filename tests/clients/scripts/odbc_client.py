"""psqlODBC through pyodbc: what Excel, Power BI and Tableau ask of an ODBC driver, with and without its own cursors."""
import datetime
import decimal
import os

import pyodbc
from steps import step

e = os.environ
DRIVER = e.get("ODBC_DRIVER", "PostgreSQL Unicode")
LOGIN = f"DRIVER={{{DRIVER}}};SERVER={e.get('PGHOST')};PORT={e.get('PGPORT')};DATABASE={e.get('PGDATABASE')};UID={e.get('PGUSER')};PWD={e.get('PGPASSWORD', '')};"
ALL = "SELECT * FROM care.readings ORDER BY id"


def failure(connection, text):
    try:
        return connection.cursor().execute(text).fetchall()
    except pyodbc.Error as error:
        connection.rollback()
        return error.args[0]


def run(connection):
    rows = lambda text, *parameters: [tuple(row) for row in connection.cursor().execute(text, *parameters).fetchall()]
    cursor = connection.cursor()
    step("columns", lambda: [(c[0], c[1].__name__, c[3], c[4], c[5], c[6]) for c in cursor.execute(ALL + " LIMIT 1").description])
    step("rows", lambda: [len(all_ := rows(ALL)), all_[9]])
    step("parameters", lambda: rows("SELECT id, name FROM care.readings WHERE amount > ? AND day >= ? AND at < ? AND active = ? AND name LIKE ? AND small = ? ORDER BY id LIMIT 3",
                                    decimal.Decimal("10.5"), datetime.date(2024, 1, 5), datetime.datetime(2025, 1, 1), True, "name 1%", 2))
    step("expressions", lambda: rows("SELECT ? + 1, ?, {fn UCASE('a')}, {d '2024-01-01'}, {ts '2024-01-01 01:02:03'}, {fn CONVERT(1, SQL_VARCHAR)}", 1, "x"))
    step("tables", lambda: [tuple(row)[1:4] for row in cursor.tables(schema="sales")])
    step("views", lambda: [tuple(row)[1:4] for row in cursor.tables(schema="care", tableType="VIEW")])
    step("schemas", lambda: [row[1] for row in cursor.tables(schema="%", table="", catalog="", tableType="") if row[1] != "cilake" and not row[1].startswith("pg_t")])
    step("types of tables", lambda: sorted(row[3] for row in cursor.tables(schema="", table="", catalog="", tableType="%")))
    step("columns of a table", lambda: [tuple(row)[1:11] for row in cursor.columns(schema="sales", table="orders")])
    step("columns of a view", lambda: [tuple(row)[2:11] for row in cursor.columns(schema="care", table="readings")])
    keys = lambda found: [tuple(row)[1:] for row in found.fetchall()]
    step("keys", lambda: (keys(cursor.primaryKeys(schema="sales", table="order_lines")), keys(cursor.foreignKeys(foreignSchema="sales", foreignTable="order_lines")),
                          keys(cursor.foreignKeys(schema="sales", table="orders")), keys(cursor.statistics(schema="sales", table="order_lines", unique=True)),
                          cursor.statistics(schema="sales", table="nowhere").fetchall()))
    step("best row", lambda: cursor.rowIdColumns(schema="sales", table="orders").fetchall())
    step("types", lambda: sorted({row[0] for row in cursor.getTypeInfo()}))
    step("functions", lambda: [tuple(row)[1:3] for row in cursor.procedures(schema="pg_catalog", procedure="now")])
    step("server", lambda: (connection.getinfo(pyodbc.SQL_DBMS_NAME), connection.getinfo(pyodbc.SQL_DBMS_VER)[:3], connection.getinfo(pyodbc.SQL_IDENTIFIER_QUOTE_CHAR)))
    step("failures", lambda: [failure(connection, text) for text in ("SELECT nothing FROM care.readings", "SELECT * FROM nowhere", "SELECT 1 / 0", "SELEC 1")])
    connection.rollback()
    step("transaction", lambda: (rows("SELECT 1"), connection.rollback(), rows("SELECT 2"), connection.commit()))
    cursor = connection.cursor()
    step("some", lambda: (cursor.execute(ALL), [row[0] for row in cursor.fetchmany(3)], cursor.skip(5), cursor.fetchone()[0], cursor.close())[1:4:2])


for options in ("", "UseDeclareFetch=1;Fetch=100;", "UseServerSidePrepare=0;", "Protocol=7.4-2;"):
    print("==", options)
    try:
        connection = pyodbc.connect(LOGIN + options, autocommit=False)
    except pyodbc.Error as error:
        print(error.args[0])
        continue
    run(connection)
    connection.close()
