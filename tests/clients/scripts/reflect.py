"""SQLAlchemy 2 reflection: what a BI tool or a notebook runs before it shows a table."""
import sys
import sqlalchemy as sa

engine = sa.create_engine(sys.argv[1])
inspector = sa.inspect(engine)
print("default schema", inspector.default_schema_name)
print("schemas", sorted(s for s in inspector.get_schema_names() if s != "cilake"))
for schema in (None, "sales", "care"):
    print("tables", schema, sorted(inspector.get_table_names(schema=schema)))
    print("views", schema, sorted(inspector.get_view_names(schema=schema)))
    print("materialized views", schema, inspector.get_materialized_view_names(schema=schema))
    print("temporary", inspector.get_temp_table_names(), inspector.get_temp_view_names())
    print("sequences", schema, inspector.get_sequence_names(schema=schema))
    for table in sorted(inspector.get_table_names(schema=schema)):
        print("table", schema, table, inspector.has_table(table, schema=schema))
        for column in inspector.get_columns(table, schema=schema):
            print("  column", column["name"], repr(column["type"]), column["nullable"], column["default"], column.get("comment"))
        print("  primary key", inspector.get_pk_constraint(table, schema=schema)["constrained_columns"])
        print("  foreign keys", inspector.get_foreign_keys(table, schema=schema))
        print("  indexes", inspector.get_indexes(table, schema=schema))
        print("  unique", inspector.get_unique_constraints(table, schema=schema))
        print("  checks", inspector.get_check_constraints(table, schema=schema))
        print("  comment", inspector.get_table_comment(table, schema=schema))
        print("  options", inspector.get_table_options(table, schema=schema))
print("view columns", [c["name"] for c in inspector.get_columns("revenue", schema="sales")])
print("missing", inspector.has_table("nowhere", schema="sales"), inspector.has_schema("sales"), inspector.has_schema("nowhere"))
inspector.get_view_definition("revenue", schema="sales")
inspector.get_enums(schema="*")
for schema in (None, "sales", "care"):
    metadata = sa.MetaData()
    metadata.reflect(engine, schema=schema, views=True)
    print("reflected", sorted((name, len(table.columns)) for name, table in metadata.tables.items()))
with engine.connect() as connection:
    orders = sa.Table("orders", sa.MetaData(), schema="sales", autoload_with=engine)
    print("orders", connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar())
