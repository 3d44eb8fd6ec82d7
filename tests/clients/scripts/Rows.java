import java.math.BigDecimal;
import java.sql.*;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Properties;

/** What reports over JDBC do with rows: fetch size, parameters, cancel, time limits, batches, transactions; simple and extended protocol. */
public class Rows {
    interface Run { Object run() throws Exception; }

    static final String ALL = "SELECT * FROM care.readings ORDER BY id";
    static final String FOREVER = "SELECT count(*) FROM care.readings a, care.readings b, care.readings c, care.readings d";
    static Connection connection;

    static void step(String name, Run run) throws SQLException {
        try {
            System.out.println(name + ": " + run.run());
        } catch (SQLException error) {
            System.out.println(name + ": " + error.getSQLState());
        } catch (Exception error) {
            System.out.println(name + ": " + error);
        }
        if (!connection.getAutoCommit()) connection.rollback();
    }

    static String rows(ResultSet rows) throws SQLException {
        StringBuilder text = new StringBuilder();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            text.append("\n ");
            for (int i = 1; i <= columns; i++) {
                Object value = rows.getObject(i);
                if (value instanceof Array) value = Arrays.asList((Object[]) ((Array) value).getArray());
                if (value instanceof byte[]) value = Arrays.toString((byte[]) value);
                text.append(' ').append(value);
            }
        }
        return text.toString();
    }

    static String query(String text, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            for (int i = 0; i < parameters.length; i++) statement.setObject(i + 1, parameters[i]);
            return rows(statement.executeQuery());
        }
    }

    static String columns() throws SQLException {
        StringBuilder text = new StringBuilder();
        try (PreparedStatement statement = connection.prepareStatement(ALL)) {
            ResultSetMetaData columns = statement.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++)
                text.append("\n  ").append(columns.getColumnName(i)).append(' ').append(columns.getColumnTypeName(i)).append(' ').append(columns.getColumnClassName(i)).append(' ')
                    .append(columns.getPrecision(i)).append(' ').append(columns.getScale(i)).append(' ').append(columns.getColumnDisplaySize(i)).append(' ').append(columns.isSigned(i));
        }
        return text.toString();
    }

    static Object fetched(int size, int rowsMax) throws SQLException {
        long total = 0;
        try (PreparedStatement statement = connection.prepareStatement("SELECT id, amount FROM care.readings WHERE id > ? ORDER BY id")) {
            statement.setFetchSize(size);
            statement.setMaxRows(rowsMax);
            statement.setInt(1, 10);
            for (int turn = 0; turn < 7; turn++) {
                ResultSet rows = statement.executeQuery();
                while (rows.next()) total += rows.getLong(1);
            }
        }
        return total;
    }

    static Object interleaved() throws SQLException {
        try (Statement one = connection.createStatement(); Statement two = connection.createStatement()) {
            one.setFetchSize(10);
            two.setFetchSize(7);
            ResultSet a = one.executeQuery(ALL), b = two.executeQuery(ALL + " DESC");
            long total = 0;
            while (a.next() && b.next()) total += a.getLong(1) * b.getInt("small");
            return total;
        }
    }

    static Object cancelled() throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread thread = new Thread(() -> { try { Thread.sleep(500); statement.cancel(); } catch (Exception error) { System.out.println(error); } });
            thread.start();
            long started = System.nanoTime();
            try {
                statement.executeQuery(FOREVER);
                return "ended";
            } catch (SQLException error) {
                return error.getSQLState() + " " + (System.nanoTime() - started < 5e9);
            } finally {
                thread.join();
            }
        }
    }

    static Object timeout() throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.executeQuery(FOREVER);
            return "ended";
        }
    }

    static Object transaction() throws SQLException {
        connection.setReadOnly(true);
        Savepoint savepoint = connection.setSavepoint("a");
        String state = "";
        try { query("SELECT 1 / ?", 0); } catch (SQLException error) { state = error.getSQLState(); }
        try { query("SELECT 1"); } catch (SQLException error) { state += " " + error.getSQLState(); }
        connection.rollback(savepoint);
        state += query("SELECT 1");
        connection.commit();
        connection.setReadOnly(false);
        return state;
    }

    static Object scrolled() throws SQLException {
        try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            ResultSet rows = statement.executeQuery(ALL);
            rows.last();
            int last = rows.getRow();
            rows.absolute(5);
            return last + " " + rows.getLong(1);
        }
    }

    static Object batch() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("SET application_name = 'batch'");
            statement.addBatch("SET application_name = 'again'");
            return Arrays.toString(statement.executeBatch()) + query("SHOW application_name");
        }
    }

    static Object copied() throws Exception {
        Object manager = Class.forName("org.postgresql.PGConnection").getMethod("getCopyAPI").invoke(connection.unwrap(Class.forName("org.postgresql.PGConnection")));
        java.io.StringWriter target = new java.io.StringWriter();
        try {
            Object lines = manager.getClass().getMethod("copyOut", String.class, java.io.Writer.class).invoke(manager, "COPY (" + ALL + ") TO STDOUT (FORMAT csv)", target);
            return lines + " " + target.toString().length();
        } catch (java.lang.reflect.InvocationTargetException error) {
            throw (Exception) error.getCause();
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (String mode : new String[] {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"}) {
            Properties properties = new Properties();
            properties.setProperty("preferQueryMode", mode);
            properties.setProperty("connectTimeout", "20");
            properties.setProperty("socketTimeout", "20");
            connection = DriverManager.getConnection(arguments[0], properties);
            connection.setAutoCommit(false);
            System.out.println("== " + mode);
            step("columns", Rows::columns);
            step("rows", () -> query("SELECT id, small, whole, single, \"double\", amount, name, active, day, at, maybe, numbers, words, bytes FROM care.readings WHERE id % 250 = 0 ORDER BY id"));
            step("parameters", () -> query("SELECT id FROM care.readings WHERE id < ? AND amount > ? AND day >= ? AND at < ? AND active = ? AND name LIKE ? ORDER BY id",
                50, new BigDecimal("10.5"), Date.valueOf("2024-01-05"), Timestamp.valueOf("2025-01-01 00:00:00"), true, "name 1%"));
            step("java.time", () -> query("SELECT count(*) FROM care.readings WHERE day >= ? AND at < ?", LocalDate.of(2024, 1, 5), LocalDateTime.of(2024, 1, 20, 0, 0)));
            step("bare", () -> query("SELECT ?, ?, ?, ?, ?, ?", 1, 2L, "x", 1.5, new BigDecimal("1.25"), true));
            step("null", () -> { try (PreparedStatement s = connection.prepareStatement("SELECT ?::text, coalesce(?, 5)")) { s.setNull(1, Types.VARCHAR); s.setNull(2, Types.INTEGER); return rows(s.executeQuery()); } });
            step("array", () -> { try (PreparedStatement s = connection.prepareStatement("SELECT id FROM care.readings WHERE id = ANY(?) ORDER BY id")) { s.setArray(1, connection.createArrayOf("int8", new Long[] {3L, 5L})); return rows(s.executeQuery()); } });
            step("parameter types", () -> { try (PreparedStatement s = connection.prepareStatement("SELECT id FROM care.readings WHERE id = ? AND name = ? AND day = ?")) { ParameterMetaData m = s.getParameterMetaData(); return m.getParameterTypeName(1) + " " + m.getParameterTypeName(2) + " " + m.getParameterTypeName(3); } });
            step("fetch size", () -> fetched(100, 0));
            step("fetch size one", () -> fetched(1, 20));
            step("rows at most", () -> fetched(0, 30));
            step("interleaved", Rows::interleaved);
            step("scrolled", Rows::scrolled);
            step("several", () -> { try (Statement s = connection.createStatement()) { s.execute("SELECT 1; SELECT 2"); s.getMoreResults(); return rows(s.getResultSet()); } });
            step("cancelled", Rows::cancelled);
            step("query timeout", Rows::timeout);
            step("transaction", Rows::transaction);
            step("batch", Rows::batch);
            step("copied", Rows::copied);
            step("escapes", () -> query("SELECT {fn concat('a', 'b')}, {d '2024-01-01'}, {fn year({d '2024-05-01'})}, {fn timestampadd(SQL_TSI_DAY, 1, {ts '2024-01-01 00:00:00'})}"));
            for (int level : new int[] {Connection.TRANSACTION_SERIALIZABLE, Connection.TRANSACTION_READ_COMMITTED})
                step("isolation", () -> { connection.setTransactionIsolation(level); return connection.getTransactionIsolation() + query("SHOW transaction_isolation"); });
            step("schema", () -> { connection.setSchema("care"); return connection.getSchema() + query("SELECT count(*) FROM readings"); });
            for (String wrong : new String[] {"SELECT nothing FROM care.readings", "SELECT * FROM nowhere", "SELECT 1 / 0", "SELEC 1", "SELECT nowhere(1)", "SELECT 'a'::integer"})
                step(wrong, () -> query(wrong));
            connection.setAutoCommit(true);
            step("autocommit", () -> query("SELECT 1") + connection.isValid(5));
            step("network timeout", () -> { connection.setNetworkTimeout(Runnable::run, 10000); return query("SELECT 1"); });
            step("client info", () -> { connection.setClientInfo("ApplicationName", "reports"); return query("SHOW application_name"); });
            connection.close();
        }
    }
}
