"""SQLAlchemy 2 over psycopg2, psycopg and asyncpg: reflection of every table, Core queries, the ORM, streams, types of parameters."""
import asyncio
import datetime
import decimal
import os

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import create_async_engine
from steps import astep, step

NOT_OURS = {"cilake", "information_schema"}


def url(driver):
    e = os.environ
    return sa.URL.create(f"postgresql+{driver}", e.get("PGUSER"), e.get("PGPASSWORD"), e.get("PGHOST"), int(e.get("PGPORT", 5432)), e.get("PGDATABASE"))


def reflected(engine):
    inspector = sa.inspect(engine)
    lines = []
    for schema in sorted(set(inspector.get_schema_names()) - NOT_OURS):
        metadata = sa.MetaData()
        metadata.reflect(engine, schema=schema, views=True)
        for name, table in sorted(metadata.tables.items()):
            lines.append(f"{name}: " + ", ".join(f"{c.name} {c.type!r} {c.nullable}" for c in table.columns))
    return lines


def at_once(engine):
    inspector = sa.inspect(engine)
    multi = {**inspector.get_multi_columns(schema="sales", kind=sa.engine.reflection.ObjectKind.ANY), **inspector.get_multi_pk_constraint(schema="sales"),
             **inspector.get_multi_foreign_keys(schema="sales"), **inspector.get_multi_indexes(schema="sales"), **inspector.get_multi_table_comment(schema="sales")}
    return sorted(multi), sorted(inspector.get_view_names("care")), inspector.has_table("orders", "sales"), inspector.get_enums("*")


def reading_table():
    return sa.table("readings", sa.column("id", sa.BigInteger), sa.column("amount", sa.Numeric(12, 2)), sa.column("name", sa.Text), sa.column("at", sa.DateTime),
                    sa.column("day", sa.Date), sa.column("active", sa.Boolean), sa.column("small", sa.SmallInteger), sa.column("numbers", sa.ARRAY(sa.Integer)), schema="care")


R = reading_table()
QUERIES = {
    "filter": sa.select(R.c.id, R.c.amount).where(R.c.amount > decimal.Decimal("10.5"), R.c.day >= datetime.date(2024, 1, 5), R.c.active.is_(True), R.c.name.ilike("NAME 1%")).order_by(R.c.id).limit(2).offset(1),
    "in": sa.select(R.c.id).where(R.c.id.in_([1, 2, 3]), R.c.name.not_in(["name 1"])).order_by(R.c.id),
    "group": sa.select(R.c.small, sa.func.count(), sa.func.sum(R.c.amount), sa.func.min(R.c.amount), sa.func.max(R.c.at)).group_by(R.c.small).having(sa.func.count() > 142).order_by(R.c.small),
    "month": sa.select(sa.func.date_trunc("month", R.c.at).label("month"), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1")).limit(2),
    "extract": sa.select(sa.cast(sa.extract("year", R.c.day), sa.Integer), sa.cast(sa.extract("dow", R.c.at), sa.Integer)).where(R.c.id == 1),
    "window": sa.select(R.c.id, sa.func.sum(R.c.small).over(partition_by=R.c.small, order_by=R.c.id), sa.func.row_number().over(order_by=R.c.id.desc())).order_by(R.c.id).limit(2),
    "cast": sa.select(sa.cast(R.c.small, sa.Integer), sa.cast(R.c.id, sa.String), sa.type_coerce(R.c.day, sa.Date)).where(R.c.id == 3),
    "case": sa.select(sa.case((R.c.id < 3, "few"), else_="many"), sa.literal(1.5), sa.literal(datetime.date(2024, 1, 1)), sa.literal(True), sa.null()).where(R.c.id == 3),
    "interval": sa.select(sa.func.count()).where(R.c.at > datetime.datetime(2024, 1, 31) - datetime.timedelta(days=7)),
    "cte": (lambda c: sa.select(sa.func.count(), sa.func.max(c.c.id)).select_from(c))(sa.select(R.c.id).where(R.c.id < 10).cte("few")),
    "exists": sa.select(sa.exists().where(R.c.id == 1)),
    "union": sa.union_all(sa.select(R.c.id).where(R.c.id == 1), sa.select(R.c.id).where(R.c.id == 2)).order_by("id"),
    "distinct on": sa.select(R.c.small, R.c.id).ext(distinct_on(R.c.small)).order_by(R.c.small, R.c.id).limit(2),
    "any": sa.select(R.c.id).where(sa.literal(7) == sa.any_(R.c.numbers)).order_by(R.c.id).limit(2),
    "string": sa.select(sa.func.string_agg(R.c.name, ", "), sa.func.concat(R.c.name, "-", R.c.id), R.c.name + "!").where(R.c.id == 1).group_by(R.c.name, R.c.id),
    "values": sa.select(sa.values(sa.column("a", sa.Integer), sa.column("b", sa.String), name="v").data([(1, "x"), (2, "y")])),
    "lateral": (lambda inner: sa.select(R.c.id, inner.c.twice).select_from(R.join(inner, sa.true())).where(R.c.id == 2))(sa.select((R.c.id * 2).label("twice")).correlate(R).lateral("inner_")),
    "percentile": sa.select(sa.func.percentile_cont(0.5).within_group(R.c.amount)),
}


class Base(orm.DeclarativeBase):
    pass


class Reading(Base):
    __tablename__ = "readings"
    __table_args__ = {"schema": "care"}
    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True)
    name: orm.Mapped[str]
    amount: orm.Mapped[decimal.Decimal] = orm.mapped_column(sa.Numeric(12, 2))


def mapped(engine):
    with orm.Session(engine) as session:
        page = session.scalars(sa.select(Reading).order_by(Reading.id).limit(2)).all()
        return [(r.id, r.name, r.amount) for r in page], session.get(Reading, 7).name, session.scalar(sa.select(sa.func.count()).select_from(Reading))


def streamed(engine):
    with engine.connect().execution_options(stream_results=True, yield_per=130) as connection:
        return sum(row.id for row in connection.execute(sa.select(R.c.id)))


def failed(connection, text):
    try:
        connection.execute(sa.text(text))
    except sa.exc.DBAPIError as error:
        connection.rollback()
        return type(error).__name__


for driver in ("psycopg2", "psycopg"):
    print("==", driver)
    engine = sa.create_engine(url(driver))
    step("reflected", lambda: reflected(engine))
    step("at once", lambda: at_once(engine))
    with engine.connect() as connection:
        for name, query in QUERIES.items():
            step(name, lambda: [tuple(row) for row in connection.execute(query)])
            connection.rollback()
        step("failures", lambda: [failed(connection, text) for text in ("SELECT nothing FROM care.readings", "SELECT 1 / 0", "SELEC 1", "SELECT * FROM nowhere")])
        step("savepoint", lambda: (connection.begin_nested().rollback(), connection.execute(sa.text("SELECT 1")).scalar()))
    step("mapped", lambda: mapped(engine))
    step("streamed", lambda: streamed(engine))
    for level in ("AUTOCOMMIT", "REPEATABLE READ", "SERIALIZABLE"):
        step(level, lambda: engine.connect().execution_options(isolation_level=level, **({"postgresql_readonly": True, "postgresql_deferrable": True} if level == "SERIALIZABLE" else {})).execute(sa.text("SHOW transaction_isolation")).scalar())
    step("levels", lambda: (lambda c: (c.get_isolation_level(), c.default_isolation_level))(engine.connect()))
    engine.dispose()


async def asynchronous():
    print("== asyncpg")
    engine = create_async_engine(url("asyncpg"))
    async with engine.connect() as connection:
        async def reflect():
            return await connection.run_sync(lambda c: reflected(c))
        await astep("reflected", reflect)
        for name, query in QUERIES.items():
            async def run():
                return [tuple(row) for row in await connection.execute(query)]
            await astep(name, run)
            await connection.rollback()

        async def stream():
            return sum([row.id async for row in await connection.stream(sa.select(R.c.id))])
        await astep("streamed", stream)
    await engine.dispose()

asyncio.run(asynchronous())
