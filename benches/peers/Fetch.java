import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/** Reads all rows of bench.rows with a fetch size from each of the servers in turn, and prints their medians in seconds, one a line. */
class Fetch {
    static final int FETCH_SIZE = 10_000;
    static final int RUNS = 5;

    public static void main(String[] addresses) throws SQLException {
        double[][] seconds = new double[addresses.length][RUNS];
        // The first turns warm up the driver's code as much as the servers.
        for (int turn = -2; turn < RUNS; turn++) {
            for (int server = 0; server < addresses.length; server++) {
                long started = System.nanoTime();
                long rows = read(addresses[server]);
                if (rows != 1_000_000) throw new SQLException("a million rows expected, " + rows + " are there");
                if (turn >= 0) seconds[server][turn] = (System.nanoTime() - started) / 1e9;
            }
        }
        for (double[] times : seconds) {
            Arrays.sort(times);
            System.out.println(times[RUNS / 2]);
        }
    }

    static long read(String address) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address); Statement statement = connection.createStatement()) {
            // Without a transaction the driver takes all rows at once.
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCH_SIZE);
            long rows = 0;
            long bits = 0;
            try (ResultSet row = statement.executeQuery("SELECT * FROM bench.rows")) {
                while (row.next()) {
                    bits ^= row.getLong(1) ^ row.getLong(2) ^ row.getTimestamp(3).getTime() ^ Double.doubleToRawLongBits(row.getDouble(4));
                    bits ^= row.getString(5).length() ^ row.getBigDecimal(6).scale() ^ row.getDate(7).getTime() ^ (row.getBoolean(8) ? 1 : 0);
                    rows++;
                }
            }
            if (bits == 42) System.err.println("so that nothing is left out");
            connection.rollback();
            return rows;
        }
    }
}
